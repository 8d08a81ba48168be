import { layoutOf } from "../models/states.js";
import type { Layout } from "../tensor/layout.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { ints } from "../wasm/memory.js";

/** Sequences whose steps stand side by side in every layer, so that one way back serves them all. */
export interface SequenceGroup {
  /** Numbers of the sequences within the batch. */
  readonly sequences: readonly number[];
  /** For each layer, the steps that it reads, in the order of reading. */
  readonly steps: readonly (readonly number[])[];
  /** The first and the last step of the output on which the loss of these sequences depends. */
  readonly firstStep: number;
  readonly lastStep: number;
}

/** Groups a batch by the steps that its layers read and those that the loss looks at. */
export function sequenceGroups(
  output: Rows,
  gradient: Float32Array,
  states: readonly StateRows[],
): readonly SequenceGroup[] {
  const groups = new Map<string, SequenceGroup & { readonly sequences: number[] }>();
  const ranks = ranksOf(output.layout);
  const inner = states.map((state) => ranksOf(layoutOf(state)));
  for (let sequence = 0; sequence < output.layout.sequences; sequence++) {
    const steps = states.map((state, index) => stepsRead(state, inner[index]?.get(sequence) as number));
    const [firstStep, lastStep] = judgedSteps(output, gradient, ranks.get(sequence) as number);
    const key = `${steps.join(";")}|${firstStep}|${lastStep}`;
    const group = groups.get(key) ?? { sequences: [], steps, firstStep, lastStep };
    group.sequences.push(sequence);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** The steps of one sequence in the order in which a layer reads them, masked ones left out. */
function stepsRead(state: StateRows, rank: number): number[] {
  const { isReversed, reading } = state;
  const layout = layoutOf(state);
  const all = Array.from({ length: layout.lengths[rank] as number }, (_, step) => step);
  const read =
    reading === undefined
      ? all
      : all.filter((step) => (ints[(reading.place >> 2) + layout.firstRow(step) + rank] as number) >= 0);
  return isReversed ? read.reverse() : read;
}

/** The sequence's first and last row with a gradient; its outermost rows where it has none. */
function judgedSteps(output: Rows, gradient: Float32Array, rank: number): [first: number, last: number] {
  const { layout, gradientStride } = output;
  const words = gradientStride >> 2;
  const length = layout.lengths[rank] as number;
  const judged: number[] = [];
  for (let step = 0; step < length; step++) {
    const from = (layout.firstRow(step) + rank) * words;
    if (gradient.subarray(from, from + words).some((value) => value !== 0)) judged.push(step);
  }
  return [judged[0] ?? 0, judged.at(-1) ?? Math.max(0, length - 1)];
}

/** Place after sorting, by the sequence's number. */
export function ranksOf({ order, sequences }: Layout): Map<number, number> {
  return new Map(Array.from(order.subarray(0, sequences), (sequence, rank) => [sequence, rank]));
}
