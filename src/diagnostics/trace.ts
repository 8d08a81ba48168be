import type { SequencesLike } from "../data/sequences.js";
import { keptGates } from "../layers/keptGates.js";
import { doorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { enter, inputOptionNames, type PredictOptions, predictAll, requireAnswerSteps } from "../models/predict.js";
import { layoutOf } from "../models/states.js";
import { requireKnownOptions } from "../shape.js";
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
  /**
   * In the order of the network; both directions of a bidirectional layer, forward first. Time is the input's, in layers that
   * answer the output's: a decoder's.
   */
  readonly layers: readonly LayerTrace[];
}

/**
 * A prediction with all that the recurrent layers went through: every state and every gate at every step. Nothing is dropped,
 * as in every prediction, and the outputs have the same bits as those of `predictBatch`.
 *
 * @param input [batch, time, inputSize], or a list of [time, inputSize] of any lengths
 * @param options those of `predictBatch`
 * @example
 * const { layers: [first] } = trace(model, sequences);
 * first.gates.f;    // the forget gate of an LSTM [batch, time, units]
 * first.states.c;   // its cell state
 * @throws ShapeError, ArgumentError when the input, its mask or the states do not fit
 */
export function trace(model: Model, input: SequencesLike, options: PredictOptions = {}): Trace {
  requireKnownOptions("trace", options, [...inputOptionNames, "steps"]);
  const { steps: asked, ...told } = options;
  const most = requireAnswerSteps("trace", model.specification, asked);
  const { interior, given } = enter(doorOf(model), "trace", input, told);
  const { count, lengths } = given.input;
  const inputSteps = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  let layers: LayerTrace[] = [];
  let followed: Followed[] = [];
  const visit = (plan: Plan, examples: Int32Array) => {
    followed = followedStates(plan);
    const stepsOf = ({ isAnswering }: Followed) => (isAnswering ? plan.run.output.layout.steps : inputSteps);
    if (layers.length === 0) layers = followed.map((one) => emptyTrace(one.state, count, stepsOf(one)));
    followed.forEach((one, index) => {
      readTrace(layers[index] as LayerTrace, one, examples, stepsOf(one));
    });
  };
  const output = predictAll(interior, given, visit, keptGates, most);
  const steps = output.shape[1] as number;
  return {
    output,
    layers: layers.map((layer, index) => (followed[index]?.isAnswering ? firstSteps(layer, steps) : layer)),
  };
}

/** Rows of states, and how many steps each sequence went through them, by rank. */
interface Followed {
  readonly state: StateRows;
  readonly lengths: Int32Array;
  readonly isAnswering: boolean;
}

/** Of layers that read the input, and of those that answer at steps of their own. */
function followedStates({ layout, run }: Plan): Followed[] {
  const reading = run.states.filter((state) => layoutOf(state) === layout);
  const { states: answering = [], lengths = layout.lengths } = run.answers ?? {};
  return [
    ...reading.map((state) => ({ state, lengths: layout.lengths, isAnswering: false })),
    ...answering.map((state) => ({ state, lengths, isAnswering: true })),
  ];
}
function emptyTrace({ path, parts, gates }: StateRows, count: number, steps: number): LayerTrace {
  const room = (list: readonly StatePart[]) =>
    Object.fromEntries(
      list.map(({ name, units }) => [name, new Tensor(new Float32Array(count * steps * units), [count, steps, units])]),
    );
  return { path, states: room(parts), gates: room(gates?.parts ?? []) };
}

function readTrace(into: LayerTrace, { state, lengths }: Followed, examples: Int32Array, steps: number): void {
  const layout = layoutOf(state);
  const { order, sequences } = layout;
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

/** The first steps of every sequence: there was room for as many as an answer may have. */
function firstSteps({ path, states, gates }: LayerTrace, steps: number): LayerTrace {
  const shortened = (tensors: LayerTrace["states"]) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, { data, shape }]) => {
        const [count, room, units] = shape as [number, number, number];
        const kept = new Tensor(new Float32Array(count * steps * units), [count, steps, units]);
        for (let sequence = 0; sequence < count; sequence++) {
          const from = sequence * room * units;
          kept.data.set(data.subarray(from, from + steps * units), sequence * steps * units);
        }
        return [name, kept];
      }),
    );
  return { path, states: shortened(states), gates: shortened(gates) };
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
