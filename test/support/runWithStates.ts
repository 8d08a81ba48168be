import { exampleOrder, layOut, readRows, writeRows } from "../../src/data/batches.js";
import { sequences } from "../../src/data/sequences.js";
import type { Model, Tensor } from "../../src/index.js";
import { interiorOf } from "../../src/models/interior.js";
import type { StateRows } from "../../src/tensor/rows.js";
import { floats } from "../../src/wasm/memory.js";

/** What a run gave: the output, and the state vectors [B, units] of all recurrent layers in order, h before c. */
export interface StatefulResult {
  readonly output: Float32Array;
  readonly states: Float32Array[];
}

/**
 * A model over one batch [B, T, D] from given states, with the states that it ends in.
 * @param initial in the order of the result's states; zero when absent
 */
export function runWithStates(model: Model, x: Tensor, initial?: readonly Float32Array[]): StatefulResult {
  const interior = interiorOf(model);
  const given = sequences("input", x);
  const [batch, steps] = x.shape;
  const examples = exampleOrder(batch, {});
  const plan = interior.plan(false, { sequences: batch, steps, rows: batch * steps });
  layOut(plan.layout, given, examples);
  plan.refresh();
  plan.run.begin();
  writeRows(plan.input, given, examples);
  const left = [...(initial ?? [])];
  for (const state of plan.run.states) {
    const own = left.splice(0, state.parts.length);
    if (own.length > 0) writeStates(state, own, plan.layout.order, batch);
  }
  plan.run.forward(0, steps);
  const states = plan.run.states.flatMap((state) => readStates(state, plan.layout.order, batch));
  return { output: readRows(plan.run.output), states };
}

function writeStates(state: StateRows, values: readonly Float32Array[], order: ArrayLike<number>, batch: number): void {
  state.parts.forEach(({ offset, units }, index) => {
    for (let rank = 0; rank < batch; rank++) {
      const from = order[rank] * units;
      floats.set(values[index].subarray(from, from + units), (state.initial(rank) + offset) >> 2);
    }
  });
}

function readStates(state: StateRows, order: ArrayLike<number>, batch: number): Float32Array[] {
  return state.parts.map(({ offset, units }) => {
    const values = new Float32Array(batch * units);
    for (let rank = 0; rank < batch; rank++) {
      const from = (state.final(rank) + offset) >> 2;
      values.set(floats.subarray(from, from + units), order[rank] * units);
    }
    return values;
  });
}
