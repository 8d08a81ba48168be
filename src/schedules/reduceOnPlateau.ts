import { ArgumentError } from "../errors.js";
import { describe, requireFlag, requireInteger, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import { defineSchedule, type EpochOutcome, type Schedule } from "./schedule.js";
import { requireFactor, requireLeastRate } from "./scheduleOptions.js";

/** Options of a rate that falls when nothing gets better. */
export interface ReduceOnPlateauOptions {
  /** What the rate is multiplied with, above 0 and below 1; default 0.1. */
  readonly factor?: number;
  /** Epochs without a better value that are borne; at the next one the rate falls. Default 10. */
  readonly patience?: number;
  /** What a value must be better by to count; default 1e-4. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best value or a difference from it; default "relative". */
  readonly thresholdIs?: "relative" | "absolute";
  /** Epochs after a fall that are not counted; default 0. */
  readonly cooldown?: number;
  /** The rate does not fall below this; default 0. */
  readonly leastRate?: number;
  /** A fall by no more than this is none; default 1e-8. */
  readonly leastChange?: number;
  /** The name of one of the training's metrics; default the validation loss, without validation the training loss. */
  readonly watch?: string;
  /** Whether the value is to grow, as an accuracy is; default false. */
  readonly larger?: boolean;
}

/** Places of what is kept from epoch to epoch. */
const [FALLS, WAITED, COOLING, HAS_BEST, BEST] = [0, 1, 2, 3, 4];

/**
 * A rate that falls when epochs bring nothing better (PyTorch's ReduceLROnPlateau).
 *   better: v < best · (1 − threshold), absolute v < best − threshold; where larger is better the other way
 *   rate ← max(rate · factor, leastRate) after more than `patience` epochs without, counted from the end of the cooldown
 *
 * @example
 * const schedule = reduceOnPlateau({ factor: 0.5, patience: 3 });
 * await fit(model, data, { loss: meanSquaredError, schedule, validation: 0.2, epochs: 100 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Schedule {
  const given = checked(options);
  const { factor, patience, cooldown, leastRate, leastChange, watch } = given;
  return defineSchedule({
    name: "reduceOnPlateau",
    options: given,
    start: [0, 0, 0, 0, 0],
    ...(watch !== undefined && { watches: [watch] }),
    rate(_update, base, { numbers }) {
      let rate = base;
      for (let fall = 0; fall < (numbers[FALLS] as number); fall++) {
        const next = Math.max(rate * factor, leastRate);
        // No later fall would be larger.
        if (!(rate - next > leastChange)) break;
        rate = next;
      }
      return rate;
    },
    endEpoch(outcome, numbers) {
      const value = watched(outcome, watch);
      let [falls, waited, cooling, hasBest, best] = numbers as [number, number, number, number, number];
      if (isBetter(value, hasBest === 0 ? undefined : best, given)) [hasBest, best, waited] = [1, value, 0];
      else waited++;
      if (cooling > 0) [cooling, waited] = [cooling - 1, 0];
      if (waited > patience) [falls, cooling, waited] = [falls + 1, cooldown, 0];
      [numbers[FALLS], numbers[WAITED], numbers[COOLING], numbers[HAS_BEST], numbers[BEST]] = [
        ...[falls, waited, cooling, hasBest, best],
      ];
    },
  });
}

function watched({ loss, validationLoss = loss, metrics = {} }: EpochOutcome, watch: string | undefined): number {
  if (watch === undefined) return validationLoss;
  const found = metrics[watch];
  if (found !== undefined) return found;
  throw new ArgumentError(`reduceOnPlateau watches the metric "${watch}", which was not measured.`);
}

/** What is not finite is never better. */
function isBetter(
  value: number,
  best: number | undefined,
  { threshold, thresholdIs, larger }: { threshold: number; thresholdIs: string; larger: boolean },
): boolean {
  if (!Number.isFinite(value)) return false;
  if (best === undefined) return true;
  if (thresholdIs === "absolute") return larger ? value > best + threshold : value < best - threshold;
  return larger ? value > best * (1 + threshold) : value < best * (1 - threshold);
}

const OPTIONS = [
  ...["factor", "patience", "threshold", "thresholdIs", "cooldown"],
  ...["leastRate", "leastChange", "watch", "larger"],
];

/** The options with every default in its place. */
function checked(options: ReduceOnPlateauOptions) {
  requireKnownOptions("reduceOnPlateau", options, OPTIONS);
  const { larger = false, watch } = options;
  const factor = requireFactor("factor of reduceOnPlateau", options.factor ?? 0.1);
  if (factor >= 1)
    throw new ArgumentError(`factor of reduceOnPlateau must be below 1, received ${factor}: the rate is to fall.`);
  const thresholdIs = requireOneOf("thresholdIs of reduceOnPlateau", options.thresholdIs ?? "relative", [
    "relative",
    "absolute",
  ]);
  requireFlag("larger of reduceOnPlateau", larger);
  if (watch !== undefined && typeof watch !== "string")
    throw new ArgumentError(`watch of reduceOnPlateau must be the name of a metric, received ${describe(watch)}.`);
  return {
    factor,
    patience: requireInteger("patience of reduceOnPlateau", options.patience ?? 10, 0),
    threshold: requireNumber("threshold of reduceOnPlateau", options.threshold ?? 1e-4, 0),
    thresholdIs,
    cooldown: requireInteger("cooldown of reduceOnPlateau", options.cooldown ?? 0, 0),
    leastRate: requireLeastRate("leastRate of reduceOnPlateau", options.leastRate),
    leastChange: requireNumber("leastChange of reduceOnPlateau", options.leastChange ?? 1e-8, 0),
    ...(watch !== undefined && { watch }),
    larger,
  };
}
