import type { InputOptions } from "../data/readInput.js";
import type { SequencesLike } from "../data/sequences.js";
import { keptGates } from "../layers/keptGates.js";
import { doorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { enter, predictAll } from "../models/predict.js";
import { layoutOf } from "../models/states.js";
import type { StatePart, StateRows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { floats, ints } from "../wasm/memory.js";

/** What happened in one recurrent layer, one direction; each value [batch, time, units], 0 beyond each sequence's end. */
export interface LayerTrace {
  /** Path of the layer, with `.reverse` where it reads from the end; "0" for a network that is one layer. */
  readonly path: string;
  /** Its states after each step by name: `{ h, c }`. A masked step shows the state it keeps. */
  readonly states: Readonly<Record<string, Tensor>>;
  /** What each gate and candidate was, by the names of the cell's equations: `{ i, f, g, o }`. 0 at masked steps. */
  readonly gates: Readonly<Record<string, Tensor>>;
}

/** What happened in a network. */
export interface Trace {
  /** As `predictBatch` gives it. */
  readonly output: Tensor;
  /** Those that read the input's steps, in the order of the network; both directions of a bidirectional layer, forward first. */
  readonly layers: readonly LayerTrace[];
}

/**
 * A prediction with all that the recurrent layers went through: every state and every gate at every step. Nothing is dropped,
 * as in every prediction, and the outputs have the same bits as those of `predictBatch`.
 *
 * @param input [batch, time, inputSize], or a list of [time, inputSize] of any lengths
 * @example
 * const { layers: [first] } = trace(model, sequences);
 * first.gates.f;    // the forget gate of an LSTM [batch, time, units]
 * first.states.c;   // its cell state
 * @throws ShapeError, ArgumentError when the input, its mask or the states do not fit
 */
export function trace(model: Model, input: SequencesLike, options: InputOptions = {}): Trace {
  const { interior, given } = enter(doorOf(model), "trace", input, options);
  const { count, lengths } = given.input;
  const steps = lengths.reduce((most, length) => Math.max(most, length), 0);
  let layers: LayerTrace[] = [];
  const visit = ({ layout, run }: Plan, examples: Int32Array) => {
    const states = run.states.filter((state) => layoutOf(state) === layout);
    if (layers.length === 0) layers = states.map((state) => emptyTrace(state, count, steps));
    states.forEach((state, index) => {
      readTrace(layers[index] as LayerTrace, state, examples, steps);
    });
  };
  const output = predictAll(interior, given, visit, keptGates);
  return { output, layers };
}

function emptyTrace({ path, parts, gates }: StateRows, count: number, steps: number): LayerTrace {
  const room = (list: readonly StatePart[]) =>
    Object.fromEntries(
      list.map(({ name, units }) => [name, new Tensor(new Float32Array(count * steps * units), [count, steps, units])]),
    );
  return { path, states: room(parts), gates: room(gates?.parts ?? []) };
}

function readTrace(into: LayerTrace, state: StateRows, examples: Int32Array, steps: number): void {
  const layout = layoutOf(state);
  const { order, lengths, sequences } = layout;
  const { reading, gates } = state;
  for (let rank = 0; rank < sequences; rank++) {
    const place = (examples[order[rank] as number] as number) * steps;
    for (let step = 0; step < (lengths[rank] as number); step++) {
      const row = layout.firstRow(step) + rank;
      const [shown, read] = reading === undefined ? [row, row] : [at(reading.shown, row), at(reading.place, row)];
      const address = shown < 0 ? state.initial(rank) : state.address + shown * state.stride;
      copyParts(into.states, state.parts, address, place + step);
      if (gates !== undefined && read >= 0)
        copyParts(into.gates, gates.parts, gates.address + read * gates.stride, place + step);
    }
  }
}

function at(index: number, row: number): number {
  return ints[(index >> 2) + row] as number;
}

function copyParts(
  into: Readonly<Record<string, Tensor>>,
  parts: readonly StatePart[],
  address: number,
  place: number,
): void {
  for (const { name, offset, units } of parts) {
    const from = (address + offset) >> 2;
    into[name]?.data.set(floats.subarray(from, from + units), place * units);
  }
}
