import { FormatError, ShapeError } from "../errors.js";
import { sameShape, show } from "../shape.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import type { Model } from "./model.js";
import { namedVectors, type Vectors } from "./vectors.js";

/** How far an output is from its record. */
export interface OutputDifference {
  /** Name of the test vector; `output` for a single one. */
  readonly name: string;
  /** max |found − recorded|; Infinity where one of them is not a number. */
  readonly absolute: number;
  /** The same divided by max |recorded|. */
  readonly relative: number;
  /** Where the largest difference is: [sequence, step, feature] or [sequence, feature]. */
  readonly at: readonly number[];
}

/** What replaying test vectors gave. */
export interface Verification {
  /** One entry for each output that was recorded, in the order of the vectors. */
  readonly outputs: readonly OutputDifference[];
  /** The largest of all outputs. */
  readonly absolute: number;
  /** The largest relative difference of all outputs. */
  readonly relative: number;
}

/** Below this size a record is measured as if it were so large: relative errors of zero mean nothing. */
const SMALLEST_SCALE = 1e-6;

/**
 * Replays recorded inputs and measures how far a model's outputs are from the recorded ones.
 *
 * @param vectors `{ input, output }`, or several by name; `lengths` where inputs are padded
 * @example
 * const { relative } = verify(model, { input: recordedInput, output: outputOfPyTorch });
 * if (relative > 1e-5) throw new Error("these are not the weights");
 * @throws ShapeError, ArgumentError when an input or output does not fit the model
 */
export function verify(model: Model, vectors: Vectors): Verification {
  const outputs = namedVectors("verify", vectors).map(([name, { input, lengths, output }]) => {
    const found = model.predictBatch(input, lengths === undefined ? {} : { lengths });
    return difference(name, found, tensor(output));
  });
  const largest = (pick: (output: OutputDifference) => number) =>
    outputs.reduce((most, output) => Math.max(most, pick(output)), 0);
  return { outputs, absolute: largest(({ absolute }) => absolute), relative: largest(({ relative }) => relative) };
}

function difference(name: string, found: Tensor, recorded: Tensor): OutputDifference {
  if (!sameShape(found.shape, recorded.shape)) {
    throw new ShapeError(
      `test vector "${name}" records an output ${show(recorded.shape)}, but the model gives ${show(found.shape)}.`,
    );
  }
  let [absolute, scale, worst] = [0, SMALLEST_SCALE, 0];
  found.data.forEach((value, index) => {
    const wanted = recorded.data[index] as number;
    const away = Object.is(value, wanted) ? 0 : Math.abs(value - wanted);
    const distance = Number.isFinite(away) ? away : Number.POSITIVE_INFINITY;
    if (distance > absolute) [absolute, worst] = [distance, index];
    if (Number.isFinite(wanted)) scale = Math.max(scale, Math.abs(wanted));
  });
  return { name, absolute, relative: absolute / scale, at: placeOf(worst, found.shape) };
}

/** The index along each axis. */
function placeOf(index: number, shape: readonly number[]): number[] {
  let rest = index;
  return [...shape]
    .reverse()
    .map((size) => {
      const at = size === 0 ? 0 : rest % size;
      rest = size === 0 ? 0 : Math.floor(rest / size);
      return at;
    })
    .reverse();
}

/**
 * Holds a model against the vectors of its file.
 * @throws FormatError naming every output that is further away than allowed
 */
export function requireVerified(model: Model, vectors: Vectors, tolerance: number): void {
  const far = verify(model, vectors).outputs.filter(({ relative }) => !(relative <= tolerance));
  if (far.length === 0) return;
  const lines = far.map(({ name, absolute, relative, at }) => {
    return `\n  test vector "${name}" is off by ${absolute.toPrecision(3)} at ${show(at)}, ${relative.toPrecision(3)} of its largest value.`;
  });
  throw new FormatError(
    `model file: the model does not give what its file recorded (${tolerance} of the largest value is allowed):${lines.join("")}`,
  );
}
