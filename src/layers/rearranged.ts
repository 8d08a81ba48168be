import type { Reading } from "../tensor/reading.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";
import type { LayerRun, Planner } from "./layer.js";
import { gatherGradients, gatherValues, newRows, sumGradients } from "./moveRows.js";

/**
 * Runs a recurrent layer through a reading: its rows are gathered on the way in, and on the way out every row of the batch
 * gets the output it shows, so that inputs and outputs stay in the order of time. A masked step shows the output of the
 * step read before it, or the h that the sequence began with.
 */
export function rearranged(
  reading: Reading,
  input: Rows,
  { region, training }: Planner,
  build: (taken: Rows) => LayerRun,
): LayerRun {
  const { layout } = input;
  const taken = rowsTaken(reading, input, region);
  const run = build(taken);
  const states = run.states.map((state) => seenThrough(reading, state));
  const output: Rows = { ...newRows(region, layout, run.output.width, training), states };
  return {
    output,
    states,
    pack: run.pack,
    begin() {
      reading.refresh();
      run.begin();
    },
    forward() {
      take(taken, input, reading);
      run.forward(0, reading.layout.steps);
      gatherValues(output, run.output, reading.shown, layout.rows);
      showInitial(reading, output, states[0] as StateRows);
    },
    backward() {
      // Without a mask each output is shown once: its gradient goes back the way it came.
      const takeBack = layout.mask === undefined ? gatherGradients : sumGradients;
      takeBack(run.output, output, reading.shown, layout.rows);
      run.backward(0, reading.layout.steps);
      addToInitial(reading, output, states[0] as StateRows);
      if (taken.gradient !== 0) gatherGradients(input, taken, reading.place, layout.rows);
    },
    gradients: () => run.gradients(0, reading.layout.steps),
  };
}

/** Room for the rows that are read; of one-hot rows only for their tokens. */
function rowsTaken({ layout }: Reading, input: Rows, region: Region): Rows {
  if (!input.tokens) return newRows(region, layout, input.width, input.gradient !== 0);
  return { ...input, address: 0, tokens: layout.keep(region.words(layout.capacity.rows), 4), layout };
}

function take(rows: Rows, input: Rows, { taken, layout }: Reading): void {
  if (rows.tokens && input.tokens) core().gatherRows(rows.tokens, 4, input.tokens, 4, taken, layout.rows, 4);
  else gatherValues(rows, input, taken, layout.rows);
}

/** The states by their ranks in the batch. */
function seenThrough(reading: Reading, state: StateRows): StateRows {
  return {
    ...state,
    reading,
    initial: (rank) => state.initial(reading.rank(rank)),
    final: (rank) => state.final(reading.rank(rank)),
    gradient: (rank) => state.gradient(reading.rank(rank)),
  };
}

function showInitial(reading: Reading, { address, stride, width, layout }: Rows, state: StateRows): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    const from = state.initial(rank) >> 2;
    for (let step = reading.leading(rank) - 1; step >= 0; step--)
      floats.copyWithin((address + reading.row(rank, step) * stride) >> 2, from, from + width);
  }
}

/** Undoes it, once the gradient of the initial state is there. */
function addToInitial(reading: Reading, { gradient, gradientStride, width, layout }: Rows, state: StateRows): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    const leading = reading.leading(rank);
    // Most have none, and to ask for the gradient is to have it completed.
    if (leading === 0) continue;
    const to = state.gradient(rank) >> 2;
    for (let step = leading - 1; step >= 0; step--) {
      const from = (gradient + reading.row(rank, step) * gradientStride) >> 2;
      for (let unit = 0; unit < width; unit++)
        floats[to + unit] = (floats[to + unit] as number) + (floats[from + unit] as number);
    }
  }
}
