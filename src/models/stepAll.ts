import { ArgumentError, ShapeError } from "../errors.js";
import { describe, show } from "../shape.js";
import { isList, Tensor } from "../tensor/tensor.js";
import { type Session, type Stream, streamOf } from "./session.js";
import type { Stepper } from "./stepper.js";

/** The inputs of many streams: [sessions, inputSize] as a tensor, as flat numbers row by row, or as a list of rows. */
export type StepInputs = Tensor | ArrayLike<number> | readonly ArrayLike<number>[];

/** Streams that run side by side: enough for full tiles of the products, few enough for their rows to stay in the cache. */
const SIDE_BY_SIDE = 64;

/** Calls so far: a session that has met the present one is there twice. */
let visits = 0;

/**
 * Advances many sessions of one model by one time step each, in batches: the bits of stepping each alone, in one call and at
 * less cost.
 *
 * @param inputs [sessions, inputSize]
 * @param outputs [sessions, width], row by row, where the outputs go; with it nothing is allocated (but by networks that read
 *   tokens: copies of the states until the last token has been read). Left out, a new array is made
 * @returns the outputs [sessions, width], row by row
 * @example
 * const sessions = devices.map(() => model.session());
 * const outputs = stepAll(sessions, samples);   // samples: one row of features for each device
 * @throws ArgumentError when a session is there twice or belongs to another model, or a value is not finite; ShapeError when
 *   sizes do not fit; StateError when the model was disposed. All sessions then stand where they stood
 */
export function stepAll(sessions: readonly Session[], inputs: StepInputs, outputs?: Float32Array): Float32Array {
  const stepper = requireSessions(sessions);
  const count = sessions.length;
  if (stepper === undefined) return noOutputs(inputs, outputs);
  const values = inputs instanceof Tensor ? inputs.data : inputs;
  const isFlat = requireInputs(inputs, values, count, stepper);
  if (outputs !== undefined) requireOutputs(outputs, values, isFlat, count, stepper);
  const found = outputs ?? new Float32Array(count * stepper.width);
  const undo = stepper.readsTokens && count > SIDE_BY_SIDE ? keep(sessions) : undefined;
  let from = 0;
  try {
    for (; from < count; from += SIDE_BY_SIDE)
      stepSome(stepper, sessions, values, isFlat, from, Math.min(count, from + SIDE_BY_SIDE), found);
  } catch (error) {
    undo?.(from);
    throw error;
  }
  return found;
}

/** Keeps the states of sessions. @returns what puts those of the first so many back as they were */
function keep(sessions: readonly Session[]): (count: number) => void {
  const kept = sessions.map((session) => streamOf(session).values.slice());
  return (count) => {
    for (let index = 0; index < count; index++) {
      const stream = at(sessions, index);
      stream.values.set(kept[index] as Float32Array);
      stream.steps--;
    }
  };
}

/** @throws ShapeError when there are inputs or outputs, but no sessions */
function noOutputs(inputs: StepInputs, outputs: Float32Array = new Float32Array(0)): Float32Array {
  const values = inputs instanceof Tensor ? inputs.data : inputs;
  if (isList(values) && values.length === 0 && outputs.length === 0) return outputs;
  throw new ShapeError("stepAll received no session, but inputs or a place for outputs.");
}

type Values = ArrayLike<number> | readonly ArrayLike<number>[];

function stepSome(
  stepper: Stepper,
  sessions: readonly Session[],
  inputs: Values,
  isFlat: boolean,
  from: number,
  to: number,
  outputs: Float32Array,
): void {
  let isAnyNew = false;
  for (let index = from; index < to && !isAnyNew; index++) isAnyNew = at(sessions, index).steps === 0;
  const rows = stepper.prepare(to - from, isAnyNew);
  for (let index = from; index < to; index++) {
    const { steps, values } = at(sessions, index);
    if (isFlat) rows.writeInput(index - from, inputs as ArrayLike<number>, index * stepper.inputSize);
    else rows.writeInput(index - from, inputs[index] as ArrayLike<number>, 0);
    if (steps > 0) rows.writeState(index - from, values);
  }
  stepper.run();
  for (let index = from; index < to; index++) {
    const stream = at(sessions, index);
    rows.readState(index - from, stream.values);
    rows.readOutput(index - from, outputs, index * stepper.width);
    stream.steps++;
  }
}

function at(sessions: readonly Session[], index: number): Stream {
  return streamOf(sessions[index] as Session);
}

/** The stepper that all of them share; undefined where there are none. */
function requireSessions(sessions: readonly Session[]): Stepper | undefined {
  if (!Array.isArray(sessions))
    throw new ArgumentError(`stepAll expects an array of sessions, received ${describe(sessions)}.`);
  let shared: Stepper | undefined;
  visits++;
  for (let index = 0; index < sessions.length; index++) {
    const stream = at(sessions, index);
    shared ??= stream.stepper;
    if (stream.stepper !== shared)
      throw new ArgumentError(
        `stepAll advances sessions of one model, but session ${index} belongs to another than session 0.`,
      );
    if (stream.visit === visits)
      throw new ArgumentError(`stepAll received session ${index} twice: a stream has one input a step.`);
    stream.visit = visits;
  }
  shared?.requireLife();
  return shared;
}

/** Checks every row. @returns whether they are flat numbers */
function requireInputs(inputs: StepInputs, values: Values, count: number, stepper: Stepper): boolean {
  const { inputSize } = stepper;
  if (!isList(values)) throw new ArgumentError(`${wanted(count, inputSize)}, received ${describe(inputs)}.`);
  const isOdd = inputs instanceof Tensor && (inputs.shape.length !== 2 || inputs.shape[0] !== count);
  if (isOdd) throw new ShapeError(`${wanted(count, inputSize)}, received ${show(inputs.shape)}.`);
  const isFlat = !isList(values[0]);
  if (values.length !== (isFlat ? count * inputSize : count)) {
    throw new ShapeError(`${wanted(count, inputSize)}, received ${values.length} ${isFlat ? "numbers" : "rows"}.`);
  }
  for (let index = 0; index < count; index++) {
    if (isFlat) stepper.requireFinite("stepAll", values as ArrayLike<number>, index * inputSize, index);
    else requireRow(values[index], index, count, stepper);
  }
  return isFlat;
}

function requireRow(row: unknown, index: number, count: number, stepper: Stepper): void {
  if (!isList(row) || row.length !== stepper.inputSize) {
    const came = isList(row) ? `has ${row.length} features` : `is ${describe(row)}`;
    throw new ShapeError(`${wanted(count, stepper.inputSize)}, but the row of session ${index} ${came}.`);
  }
  stepper.requireFinite("stepAll", row as ArrayLike<number>, 0, index);
}

function wanted(count: number, inputSize: number): string {
  return `stepAll of ${count} sessions expects inputs ${show([count, inputSize])}`;
}

/** @throws ShapeError, ArgumentError when there is no place for the outputs, or they would overwrite inputs that are still to be read */
function requireOutputs(outputs: Float32Array, inputs: Values, isFlat: boolean, count: number, stepper: Stepper): void {
  stepper.requireOutput("stepAll", outputs, count);
  const { width } = stepper;
  for (let index = 0; index < count; index++) {
    const row = isFlat ? inputs : inputs[index];
    if (!ArrayBuffer.isView(row) || row.buffer !== outputs.buffer) {
      if (isFlat) return;
      continue;
    }
    const start = row.byteOffset + (isFlat ? (row.byteLength / count) * index : 0);
    const end = start + row.byteLength / (isFlat ? count : 1);
    // What is written before this row is read are outputs of sessions before it: it may lie where its own goes, and beyond.
    if (end > outputs.byteOffset && start < outputs.byteOffset + 4 * index * width)
      throw new ArgumentError(
        "stepAll: outputs and inputs overlap in one buffer, so that outputs would overwrite inputs.",
      );
  }
}
