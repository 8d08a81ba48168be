import type { Dataset } from "../data/dataset.js";
import { fingerprint } from "../data/fingerprint.js";
import { ArgumentError, FormatError } from "../errors.js";
import { readSafetensors } from "../formats/safetensors.js";
import { readContent, restoreModel } from "../models/loadModel.js";
import type { Model } from "../models/model.js";
import { requireKnownOptions, sameShape, show } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { CarriedState } from "./carriedState.js";
import type { Course } from "./course.js";
import { MEMORY } from "./optimizer.js";
import { requireStanding } from "./requireStanding.js";
import { optionsOf, RESUME_OPTIONS, type ResumeOptions } from "./resumeOptions.js";
import { checksum, KIND, names, type TrainerContent } from "./saveCourse.js";
import type { Ending } from "./standing.js";
import type { TrainerOptions } from "./trainerOptions.js";

/** A trainer's file, read and brought back to life as far as that goes without a trainer. */
export interface SavedTrainer {
  readonly model: Model;
  readonly options: TrainerOptions;
  readonly content: TrainerContent;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** @throws FormatError, ArgumentError as `Trainer.resume`; nothing is made then */
export function readTrainer(bytes: Uint8Array | ArrayBuffer, data: Dataset, given: ResumeOptions): SavedTrainer {
  requireKnownOptions("Trainer.resume", given, RESUME_OPTIONS);
  const { tensors, metadata } = readSafetensors(bytes, "trainer file");
  const content = readContent(metadata.recurve, KIND) as TrainerContent;
  if (metadata.checksum !== checksum(metadata.recurve as string, tensors))
    throw new FormatError("trainer file: its checksum does not fit: it was damaged, or changed by hand.");
  requireStanding(content);
  const came = fingerprint(data);
  if (came !== content.data)
    throw new ArgumentError(
      `this training was begun on other data (fingerprint ${content.data}, these ${came}): it can only go on with the same examples in the same order.`,
    );
  const options = optionsOf(content, given);
  const model = restoreModel(tensors, content.network, content.inputSize, content.seed, given);
  return { model, options, content, tensors };
}

/**
 * Brings a course to where the saved one stood.
 * @throws FormatError when a tensor is missing or of another shape
 */
export function restoreCourse(course: Course, { content, tensors }: SavedTrainer): void {
  const { interior, optimizer, standing, stopping, average } = course;
  const { rule, slots, numbers } = optimizer[MEMORY];
  resumeRanges(course, content);
  interior.draws.count = content.draws;
  rule.slots.forEach((slot, index) =>
    readBlock(course, tensors, (name) => names.slot(slot, name), slots[index] as number),
  );
  if (content.optimizer.numbers.length !== numbers.length)
    throw new FormatError(`trainer file: ${rule.name} keeps ${numbers.length} numbers, the file has others.`);
  numbers.splice(0, numbers.length, ...content.optimizer.numbers);
  resumeSchedule(course, content);
  optimizer[MEMORY].updates = content.optimizer.updates;
  if (average !== undefined) {
    average.updates = content.optimizer.updates;
    readBlock(course, tensors, names.average, average.address);
  }
  const { losses: all, validationLosses, stopped, ...rest } = content.standing;
  standing.losses.push(...all);
  standing.validationLosses.push(...validationLosses.map(Number));
  Object.assign(standing, rest, { stopped: (stopped as Ending | null) ?? undefined });
  stopping.resume(content.stopping, content.stopping.least === null ? undefined : bestBlock(course, tensors));
  course.carried = carriedOf(course, tensors);
  resumeWindow(course, content, tensors);
}

/** What is frozen, and what has a rate or a decay of its own. */
function resumeRanges({ interior: { parameters } }: Course, { frozen, rates }: TrainerContent): void {
  const find = (name: string) => {
    const entry = parameters.entries.find((one) => one.name === name);
    if (entry !== undefined) return entry;
    throw new FormatError(`trainer file: it speaks of a parameter "${name}", which the network has not.`);
  };
  for (const name of frozen) find(name).isFrozen = true;
  for (const [name, rate, decay] of rates) Object.assign(find(name), { rate, decay });
  parameters.rangesVersion++;
}

function resumeSchedule({ schedule }: Course, { schedule: saved }: TrainerContent): void {
  const numbers = schedule?.numbers ?? [];
  const kept = saved?.numbers ?? [];
  if (kept.length !== numbers.length)
    throw new FormatError(
      `trainer file: its schedule ${saved?.name} keeps ${numbers.length} numbers, the file has ${kept.length}.`,
    );
  numbers.splice(0, numbers.length, ...kept);
}

/** The window of truncated back-propagation in the midst of sequences. */
function resumeWindow(course: Course, content: TrainerContent, tensors: ReadonlyMap<string, Tensor>): void {
  const saved = content.window;
  if (saved === null) return;
  const read = (block: number, words: number) => find(tensors, names.window(block), [words]).data;
  const isUnderWay = !course.isEpochSeen && course.window?.resume(course.nextBatch(), saved.steps, saved.draws, read);
  if (!isUnderWay) throw new FormatError(`trainer file: no sequences are under way after ${saved.steps} steps.`);
}

function bestBlock(course: Course, tensors: ReadonlyMap<string, Tensor>): Float32Array {
  const { values, length } = course.interior.parameters;
  const best = floats.slice(values >> 2, (values >> 2) + length);
  for (const { name, shape, offset } of course.interior.parameters.entries)
    best.set(find(tensors, names.best(name), shape).data, offset);
  return best;
}

function readBlock(
  course: Course,
  tensors: ReadonlyMap<string, Tensor>,
  nameOf: (name: string) => string,
  block: number,
) {
  for (const { name, shape, offset } of course.interior.parameters.entries)
    floats.set(find(tensors, nameOf(name), shape).data, (block >> 2) + offset);
}

function find(tensors: ReadonlyMap<string, Tensor>, name: string, shape: readonly number[]): Tensor {
  const found = tensors.get(name);
  if (found === undefined) throw new FormatError(`trainer file: tensor "${name}" is missing.`);
  if (!sameShape(found.shape, shape))
    throw new FormatError(
      `trainer file: tensor "${name}" has shape ${show(found.shape)}, the training needs ${show(shape)}.`,
    );
  return found;
}

/**
 * The context of an epoch that has begun; the next one begins without.
 * @throws FormatError when it is not one state for each recurrent layer
 */
function carriedOf(
  { interior, settings, standing }: Course,
  tensors: ReadonlyMap<string, Tensor>,
): CarriedState | undefined {
  if (!settings.carryState || standing.seen === 0) return undefined;
  const carried = new CarriedState();
  const { states } = interior.plan(true, { sequences: 1, steps: 1, rows: 1 }).run;
  // None where no window so far had a step.
  if (tensors.has(names.carried(0)))
    carried.resume(states.map(({ stride }, layer) => find(tensors, names.carried(layer), [stride / 4]).data));
  return carried;
}
