import { inOrder, readRows, readRowsInto } from "../data/batches.js";
import type { InputKind } from "../data/inputKind.js";
import { type InputOptions, readInput } from "../data/readInput.js";
import type { Sequences, SequencesLike } from "../data/sequences.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { KeepGates } from "../layers/keptGates.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { describe, requireInteger, requireKnownOptions, show } from "../shape.js";
import { isList, type Nested, readTensor, shapeOf, Tensor, tensor } from "../tensor/tensor.js";
import type { Door, Interior } from "./interior.js";
import type { Plan } from "./plan.js";
import { asRead, planFor, type Readable } from "./planFor.js";

/** Sequences that a prediction of many runs side by side. */
const SIDE_BY_SIDE = 64;

/**
 * One sequence as a batch of it: [time, features] or [time] gives [1, time, features]; for a network that reads one step,
 * its features, or its token, do.
 * @throws ShapeError, ArgumentError when it is no sequence
 */
export function batchOfOne(sequence: Nested | Tensor, kind?: InputKind): Tensor {
  const { isSingleStep = false, vocabularySize } = kind ?? {};
  if (isSingleStep && vocabularySize !== undefined && typeof sequence === "number") return tensor([[sequence]]);
  if (!(sequence instanceof Tensor || isList(sequence))) {
    throw new ArgumentError(`predict expects one sequence [time, features], received ${describe(sequence)}.`);
  }
  const shape = sequence instanceof Tensor ? sequence.shape : shapeOf("input", sequence);
  const axes = shape.length;
  if (axes < 1 || axes > 2)
    throw new ShapeError(
      `predict expects one sequence [time, features] but received ${show(shape)}. Many go to predictBatch.`,
    );
  const given = readTensor("input", sequence);
  if (isSingleStep && axes === 1) return new Tensor(given.data, [1, 1, given.data.length]);
  // [time] is one value a step; no step at all tells no width.
  return new Tensor(given.data, axes === 1 && given.data.length > 0 ? [1, ...given.shape, 1] : [1, ...given.shape]);
}

/** What people may say about a prediction. */
export interface PredictOptions extends InputOptions {
  /** Most steps of the answers, of a network that answers at steps of its own; default what its specification says. */
  readonly steps?: number;
}

/** Names of these options. */
export const inputOptionNames = ["lengths", "mask", "initialState"] as const;

/**
 * Reads an input and what was said about it as a network does, whose sizes it makes known.
 * @throws ShapeError, ArgumentError when they do not fit each other or the network
 */
export function enter(
  door: Door,
  owner: string,
  input: SequencesLike,
  options: InputOptions,
): { readonly interior: Interior; readonly given: Readable } {
  requireKnownOptions(owner, options, inputOptionNames);
  const given = readInput(input, options);
  door.output(given.input, given.initialState);
  const interior = door.adapt(given.input);
  return { interior, given: asRead(interior, given) };
}

/** What is made of a group of examples. */
type Visit = (plan: Plan, examples: Int32Array) => void;

/**
 * Lays out the examples some at a time.
 * @param run runs the plan of a group, and takes what it wants of it
 */
export function runGroups(
  interior: Interior,
  given: Readable,
  run: Visit,
  keepGates?: KeepGates,
  steps?: number | undefined,
): void {
  const order = inOrder(given.input.count);
  for (let from = 0; from < order.length; from += SIDE_BY_SIDE) {
    const examples = order.subarray(from, from + SIDE_BY_SIDE);
    const plan = planFor(interior, given, examples, false, keepGates, steps);
    run(plan, examples);
  }
}

/**
 * The outputs for many sequences: [batch, width], or [batch, time, width] with zeros beyond each sequence's end.
 * @param visit is shown the plan after each group of examples
 * @param answerSteps most steps of a network that answers at steps of its own
 */
export function predictAll(
  interior: Interior,
  given: Readable,
  visit?: Visit,
  keepGates?: KeepGates,
  answerSteps?: number,
): Tensor {
  const { width, each, hasOwnSteps } = interior.output;
  const { count, lengths } = given.input;
  if (hasOwnSteps) return predictAnswers(interior, given, visit, keepGates, answerSteps);
  const steps = each === "step" ? lengths.reduce((most, length) => Math.max(most, length), 0) : 1;
  const stride = steps * width;
  const values = new Float32Array(count * stride);
  const run: Visit = (plan, examples) => {
    plan.run.forward(0, plan.layout.steps);
    readRowsInto(values, (examples[0] as number) * stride, stride, plan.run.output);
    visit?.(plan, examples);
  };
  runGroups(interior, given, run, keepGates);
  return new Tensor(values, each === "step" ? [count, steps, width] : [count, width]);
}

/** The same where the network itself decides how many steps there are: as many as the longest answer has. */
function predictAnswers(
  interior: Interior,
  given: Readable,
  visit: Visit | undefined,
  keepGates: KeepGates | undefined,
  most: number | undefined,
): Tensor {
  const { width } = interior.output;
  const found: Float32Array[] = [];
  const run: Visit = (plan, examples) => {
    plan.run.forward(0, plan.layout.steps);
    const { output } = plan.run;
    const values = readRows(output);
    const stride = output.layout.steps * width;
    const ends = answerLengths(plan);
    for (let index = 0; index < examples.length; index++) {
      const from = index * stride;
      found[examples[index] as number] = values.subarray(from, from + (ends[index] as number) * width);
    }
    visit?.(plan, examples);
  };
  runGroups(interior, given, run, keepGates, most);
  const stride = found.reduce((longest, { length }) => Math.max(longest, length), 0);
  const values = new Float32Array(found.length * stride);
  for (let index = 0; index < found.length; index++) values.set(found[index] as Float32Array, index * stride);
  return new Tensor(values, [found.length, stride / width, width]);
}

/** Steps of each answer of the plan's last run, the stop token's included, in the caller's order. */
function answerLengths({ run }: Plan): Int32Array {
  const { order, sequences } = run.output.layout;
  const found = new Int32Array(sequences);
  for (let rank = 0; rank < sequences; rank++) found[order[rank] as number] = run.answers?.lengths[rank] as number;
  return found;
}

/** @throws ArgumentError when steps are no number of them, or the network answers at the steps of its input */
export function requireAnswerSteps(owner: string, layer: Layer, steps: number | undefined): number | undefined {
  if (steps === undefined) return undefined;
  const { answers, describe: say } = definitionOf(layer);
  if (answers !== undefined) return requireInteger(`steps of ${owner}`, steps, 1, 0x100_0000);
  throw new ArgumentError(
    `steps of ${owner} belongs to networks that answer at steps of their own, such as encoderDecoder: ${say(layer.config)} answers at those of its input.`,
  );
}

/** @throws ShapeError when the axis of time is missing */
export function requireSteps(given: Sequences, specification: Layer): void {
  if (given.axes === 2) return;
  if (given.width === 1 && given.lengths.some((length) => length !== 1)) {
    throw new ShapeError(
      `${describeSpecification(specification)} expects input [batch, time, features] but received a list of [time] sequences. Make each step a row: [x] for x.`,
    );
  }
  const came = given.axes === 1 ? [given.count, given.width] : [given.count];
  const rows =
    came.length === 2 ? `${show([...came, 1])} for sequences of one feature (each step a row: [x] for x), to ` : "";
  const width = came[1] ?? 1;
  throw new ShapeError(
    `${describeSpecification(specification)} expects input [batch, time, features] but received ${show(came)}. Reshape to ${rows}${show([1, given.count, width])} for one sequence, to ${show([given.count, 1, width])} for ${given.count} of one step.`,
  );
}

/** @throws ShapeError when an input has another number of features a step than the model was made for */
export function requireWidth({ inputSize, layer }: Interior, input: Sequences): void {
  if (inputSize === input.width) return;
  const cure = input.width === 1 ? ` A flat list is one feature a step: make each step a row of ${inputSize}.` : "";
  throw new ShapeError(
    `${describeSpecification(layer)} expects input [batch, time, ${inputSize}] but received [batch, time, ${input.width}].${cure}`,
  );
}

function describeSpecification(layer: Layer): string {
  return definitionOf(layer).describe(layer.config);
}
