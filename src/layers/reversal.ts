import type { Layout } from "../tensor/layout.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { ints } from "../wasm/memory.js";
import type { LayerRun, Planner } from "./layer.js";

/**
 * Runs a planned layer from the end of each sequence to its beginning: rows are permuted on the way in and back on the way
 * out, so inputs and outputs stay in the order of time. Step t of a sequence of length n becomes step n − 1 − t.
 */
export function reversal(input: Rows, planner: Planner, build: (reversed: Rows) => LayerRun): LayerRun {
  const { region, training } = planner;
  const { layout } = input;
  const { rows } = layout.capacity;
  const index = region.words(rows);
  const inputWords = padded(input.width);
  const reversed: Rows = {
    address: region.words(rows * inputWords),
    gradient: input.gradient === 0 ? 0 : region.words(rows * inputWords),
    width: input.width,
    stride: 4 * inputWords,
    gradientStride: 4 * inputWords,
    layout,
  };
  const run = build(reversed);
  const inner = run.output;
  const outputBytes = 4 * padded(inner.width);
  const output: Rows = {
    address: region.bytes(rows * outputBytes),
    gradient: training ? region.bytes(rows * outputBytes) : 0,
    width: inner.width,
    stride: outputBytes,
    gradientStride: outputBytes,
    layout,
    states: run.states,
  };
  const { gatherRows } = core();
  return {
    output,
    states: run.states,
    pack: run.pack,
    begin() {
      run.begin();
      writeReversal(index, layout);
    },
    forward() {
      gatherRows(reversed.address, reversed.stride, input.address, input.stride, index, layout.rows, reversed.stride);
      run.forward(0, layout.steps);
      gatherRows(output.address, outputBytes, inner.address, inner.stride, index, layout.rows, outputBytes);
    },
    backward() {
      gatherRows(inner.gradient, inner.gradientStride, output.gradient, outputBytes, index, layout.rows, outputBytes);
      run.backward(0, layout.steps);
      if (reversed.gradient === 0) return;
      const { gradient, stride } = reversed;
      gatherRows(input.gradient, input.gradientStride, gradient, stride, index, layout.rows, stride);
    },
    gradients: () => run.gradients(0, layout.steps),
  };
}

/** index[row of (t, rank)] = row of (length − 1 − t, rank); a permutation that is its own inverse. */
function writeReversal(index: number, layout: Layout): void {
  const at = index >> 2;
  for (let rank = 0; rank < layout.sequences; rank++) {
    const length = layout.lengths[rank] as number;
    for (let step = 0; step < length; step++) {
      ints[at + layout.firstRow(step) + rank] = layout.firstRow(length - 1 - step) + rank;
    }
  }
}
