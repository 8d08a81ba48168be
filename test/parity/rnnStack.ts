import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, RecurrentRun } from "../support/subjectContract.js";
import { libraryCell } from "./cellNames.js";
import type { Engine } from "./engine.js";

/** A stack of layers as `config` describes it, over one batch; data batch-first. L layers, N directions. */
export interface RnnStack<A extends Numbers> {
  readonly reference: ReferenceCase;
  readonly numbers: (values: ArrayLike<number>) => A;
  readonly layers: number;
  readonly directions: number;
  readonly units: number;
  /** P: the projection's size, else the units. */
  readonly width: number;
  readonly batch: number;
  readonly steps: number;
  readonly lengths?: readonly number[];
  /** [B, T, D] */
  readonly x: A;
}

/** Widths of the state vectors of a cell in order: h, then c. */
export function stateWidths<A extends Numbers>(stack: RnnStack<A>): readonly number[] {
  return stack.reference.text("cell") === "lstm" ? [stack.width, stack.units] : [stack.width];
}

/** Reads sizes, lengths and input of a case of the kind rnn. */
export function readStack<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): RnnStack<A> {
  const [batch, steps] = [reference.number("batch"), reference.number("seq_len")];
  const units = reference.number("hidden_size");
  const projection = reference.config.proj_size;
  return {
    reference,
    numbers: engine.numbers,
    layers: reference.number("num_layers"),
    directions: reference.config.bidirectional === true ? 2 : 1,
    units,
    width: typeof projection === "number" && projection > 0 ? projection : units,
    batch,
    steps,
    ...(reference.has("lengths") ? { lengths: Array.from(reference.values("lengths")) } : {}),
    x: engine.numbers(batchFirst(reference, "x")),
  };
}

/** The values of a sequence tensor as [B, T, …], whichever order the file has. */
export function batchFirst(reference: ReferenceCase, name: string): ArrayLike<number> {
  const values = reference.values(name);
  if (reference.config.batch_first === true) return values;
  const [steps, batch, width] = reference.shape(name);
  return swapFirstAxes(values, steps, batch, width);
}

/** The values [B, T, …] in the order that the file has. */
export function fileOrder(
  reference: ReferenceCase,
  values: ArrayLike<number>,
  batch: number,
  steps: number,
): ArrayLike<number> {
  if (reference.config.batch_first === true) return values;
  return swapFirstAxes(values, batch, steps, values.length / (batch * steps));
}

/** [a, b, width] → [b, a, width]. */
function swapFirstAxes(values: ArrayLike<number>, a: number, b: number, width: number): Float64Array {
  return Float64Array.from({ length: values.length }, (_, index) => {
    const column = index % width;
    const [outer, inner] = [Math.floor(index / (width * a)), Math.floor(index / width) % a];
    return values[(inner * b + outer) * width + column];
  });
}

/** Parts [rows, width] side by side: [rows, parts · width]. */
export function sideBySide<A extends Numbers>(stack: RnnStack<A>, parts: readonly A[]): A {
  const { width } = stack;
  const total = width * parts.length;
  const values = Float64Array.from({ length: parts[0].length * parts.length }, (_, index) => {
    const [row, column] = [Math.floor(index / total), index % total];
    return parts[Math.floor(column / width)][row * width + (column % width)];
  });
  return stack.numbers(values);
}

/** Undoes it: the part of one direction. */
export function partOf<A extends Numbers>(stack: RnnStack<A>, values: ArrayLike<number>, direction: number): A {
  const { width, directions } = stack;
  const part = Float64Array.from({ length: values.length / directions }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    return values[row * width * directions + direction * width + column];
  });
  return stack.numbers(part);
}

/** The [B, width] of one layer and direction in a tensor [L·N, B, width] such as h0. */
export function stateOf<A extends Numbers>(stack: RnnStack<A>, name: string, layer: number, direction: number): A {
  const values = stack.reference.values(name);
  const size = values.length / (stack.layers * stack.directions);
  const from = (layer * stack.directions + direction) * size;
  return stack.numbers(values.subarray(from, from + size));
}

/** Suffix of the parameters of a layer and direction. */
export function parameterSuffix(layer: number, direction: number): string {
  return `_l${layer}${direction === 1 ? "_reverse" : ""}`;
}

/** The run of one layer in one direction on a given input, without derivatives. */
export function layerRun<A extends Numbers>(
  stack: RnnStack<A>,
  input: A,
  layer: number,
  direction: number,
): RecurrentRun<A> {
  const { reference, units, width, batch, steps, lengths, numbers } = stack;
  const suffix = parameterSuffix(layer, direction);
  const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"].filter((name) =>
    reference.has(name + suffix),
  );
  const states = ["h0", "c0"].slice(0, stateWidths(stack).length);
  return {
    ...libraryCell(reference),
    inputSize: input.length / (batch * steps),
    units,
    ...(width === units ? {} : { projectionSize: width }),
    bias: reference.config.bias === true,
    reverse: direction === 1,
    weights: Object.fromEntries(names.map((name) => [name, numbers(reference.values(name + suffix))])),
    x: input,
    batch,
    steps,
    ...(lengths === undefined ? {} : { lengths }),
    ...(reference.has("h0") ? { initial: states.map((name) => stateOf(stack, name, layer, direction)) } : {}),
  };
}
