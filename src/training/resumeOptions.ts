import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { fingerprint } from "../data/fingerprint.js";
import { ArgumentError, FormatError, ShapeError } from "../errors.js";
import { losses } from "../losses/index.js";
import type { Loss } from "../losses/loss.js";
import type { LoadOptions } from "../models/loadModel.js";
import { optimizers } from "../optimizers/index.js";
import type { OptimizerRule } from "../optimizers/optimizerRule.js";
import { schedules } from "../schedules/index.js";
import type { Schedule } from "../schedules/schedule.js";
import type { Averaging } from "./averaging.js";
import { ema } from "./ema.js";
import type { AnyLoss, LossFunction } from "./lossFunction.js";
import type { Described, TrainerContent } from "./saveCourse.js";
import type { TrainerOptions } from "./trainerOptions.js";
import { truncated } from "./truncated.js";

/** What a file cannot hold, and what only some programs have. */
export interface ResumeOptions
  extends Pick<TrainerOptions, "metrics" | "onEpoch" | "onUpdate">,
    Pick<LoadOptions, "cells"> {
  /** The loss, where it is a function of your own. */
  readonly loss?: LossFunction;
  /** The validation data, where they are a dataset and not a share. */
  readonly validation?: Data | Dataset;
  /** What makes schedules of your own of their options, by name. */
  readonly schedules?: Readonly<Record<string, (options: never) => Schedule>>;
}

/** Names of the options, for the check against misspelling. */
export const RESUME_OPTIONS = ["cells", "loss", "validation", "schedules", "metrics", "onEpoch", "onUpdate"];

/** The options the trainer was made with. @throws FormatError, ArgumentError as `Trainer.resume` */
export function optionsOf(content: TrainerContent, given: ResumeOptions): TrainerOptions {
  const { epochs, patience, clipNorm, leastImprovement, truncate, ...settings } = content.settings;
  const { metrics, onEpoch, onUpdate } = given;
  const validation = validationOf(content, given);
  return {
    ...settings,
    loss: lossOf(content, given),
    optimizer: madeBy(optimizers, "optimizer", content.optimizer) as OptimizerRule,
    extras: content.extras,
    ...(typeof clipNorm === "number" && { clipNorm }),
    ...(content.schedule && { schedule: scheduleOf(content.schedule, given) }),
    ...(truncate !== null && { truncate: truncated(truncate) }),
    ...(content.averaging !== null && { averaging: madeBy({ ema }, "averaging", content.averaging) as Averaging }),
    ...(epochs !== null && { epochs }),
    ...(patience !== null && { patience, leastImprovement }),
    ...(validation !== undefined && { validation }),
    ...{ ...(metrics !== undefined && { metrics }), ...(onEpoch !== undefined && { onEpoch }) },
    ...(onUpdate !== undefined && { onUpdate }),
  };
}

function lossOf({ loss }: TrainerContent, given: ResumeOptions): AnyLoss {
  if (loss === null) {
    if (given.loss !== undefined) return given.loss;
    throw new ArgumentError(
      "this training's loss is a function of your own, which no file holds: give it again, { loss }.",
    );
  }
  if (given.loss !== undefined)
    throw new ArgumentError(
      `this training's loss is ${loss.name}, which the file knows: another cannot go on with it.`,
    );
  return madeBy(losses, "loss", loss) as Loss;
}

/** @throws ArgumentError when the validation data are missing, or others than the training was begun with */
function validationOf(
  { validation: wanted }: TrainerContent,
  { validation }: ResumeOptions,
): number | Dataset | undefined {
  if (typeof wanted !== "string") {
    if (validation === undefined) return wanted ?? undefined;
    const was = wanted === null ? "no validation data" : `the last ${wanted} of its own data for validation`;
    throw new ArgumentError(`this training was begun with ${was}: others cannot be given now.`);
  }
  if (validation === undefined)
    throw new ArgumentError(
      "this training watches validation data, which no file holds: give them again, { validation }.",
    );
  const examples = dataset(validation, "validation ");
  const came = fingerprint(examples);
  if (came === wanted) return examples;
  throw new ArgumentError(
    `this training was begun with other validation data (fingerprint ${wanted}, these ${came}): give the same again.`,
  );
}

function scheduleOf(described: Described, given: ResumeOptions): Schedule {
  return madeBy({ ...schedules, ...given.schedules }, "schedule", described) as Schedule;
}

/** Looks a name up in a table: a value, or what makes one of its options. @throws FormatError when it is unknown */
function madeBy(table: Readonly<Record<string, unknown>>, kind: string, { name, options }: Described): unknown {
  if (!Object.hasOwn(table, name)) {
    const own = kind !== "schedule" ? "" : ` One of your own is given as { schedules: { ${name}: (options) => … } }.`;
    throw new FormatError(
      `trainer file: the ${kind} ${JSON.stringify(name)} is not known. Known are ${Object.keys(table).join(", ") || "none"}.${own}`,
    );
  }
  const found = table[name];
  if (typeof found !== "function") return found;
  try {
    return found(options, (part: Described) => madeBy(table, kind, part));
  } catch (error) {
    if (error instanceof ArgumentError || error instanceof ShapeError)
      throw new FormatError(`trainer file: its ${kind} cannot be: ${error.message}`);
    throw error;
  }
}
