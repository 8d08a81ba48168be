import type { StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import type { Plan } from "./plan.js";

/** State vectors of a layer that lie side by side in its rows and in a stream's values. */
interface Segment {
  readonly state: StateRows;
  /** Bytes from the start of a state row. */
  readonly offset: number;
  /** Floats from the start of the stream's values. */
  readonly place: number;
  length: number;
}

/**
 * The ways between a plan of one step and the arrays of its streams. Copies are `TypedArray.set`, since a loop costs several
 * times as much; views of the core's memory are made once, so that a copy allocates nothing.
 */
export class StreamRows {
  /** Floats of all state vectors of one stream. */
  readonly stateSize: number;
  readonly #plan: Plan;
  readonly #segments: readonly Segment[];
  /** Address of one stream's values on their way into several segments. */
  readonly #staging: number;
  /** Address of each segment's initial state of the first stream. */
  readonly #initial: Int32Array;
  /** The memory that the views below show. */
  #memory: Float32Array | undefined;
  /** After the step: the segments of each stream, stream by stream, and the outputs. */
  #finals: Float32Array[] = [];
  #outputs: Float32Array[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#segments = segmentsOf(plan.run.states);
    this.stateSize = this.#segments.reduce((sum, { length }) => sum + length, 0);
    this.#staging = plan.region.words(this.stateSize);
    this.#initial = new Int32Array(this.#segments.length);
  }

  /** After the plan was begun: where the states of the present streams go. */
  place(): void {
    for (let index = 0; index < this.#segments.length; index++) {
      const { state, offset } = this.#segments[index] as Segment;
      this.#initial[index] = state.initial(0) + offset;
    }
  }

  /** Makes the views anew where the memory has grown. */
  refresh(): void {
    if (this.#memory === floats) return;
    this.#memory = floats;
    const { output } = this.#plan.run;
    const { sequences } = this.#plan.capacity;
    const view = (address: number, length: number) => floats.subarray(address >> 2, (address >> 2) + length);
    this.#finals = [];
    this.#outputs = [];
    for (let rank = 0; rank < sequences; rank++) {
      for (const { state, offset, length } of this.#segments)
        this.#finals.push(view(state.final(0) + rank * state.stride + offset, length));
      this.#outputs.push(view(output.address + rank * output.stride, output.width));
    }
  }

  /** The input of one stream: `inputSize` numbers of `x` from `from` on. */
  writeInput(rank: number, x: ArrayLike<number>, from: number): void {
    const { address, stride, width } = this.#plan.input;
    const to = (address + rank * stride) >> 2;
    if (x instanceof Float32Array) copyFloats(x, from, width, to);
    else for (let index = 0; index < width; index++) floats[to + index] = x[from + index] as number;
  }

  /** The state from which one stream goes on. */
  writeState(rank: number, values: Float32Array): void {
    const segments = this.#segments;
    const isWhole = segments.length === 1;
    if (!isWhole) floats.set(values, this.#staging >> 2);
    for (let index = 0; index < segments.length; index++) {
      const { state, place, length } = segments[index] as Segment;
      const to = ((this.#initial[index] as number) + rank * state.stride) >> 2;
      const from = (this.#staging >> 2) + place;
      if (isWhole) floats.set(values, to);
      else floats.copyWithin(to, from, from + length);
    }
  }

  /** The state in which one stream stands after the step. */
  readState(rank: number, values: Float32Array): void {
    const segments = this.#segments;
    for (let index = 0; index < segments.length; index++) {
      values.set(this.#finals[rank * segments.length + index] as Float32Array, (segments[index] as Segment).place);
    }
  }

  /** The output of one stream, into `out` from `to` on. */
  readOutput(rank: number, out: Float32Array, to: number): void {
    out.set(this.#outputs[rank] as Float32Array, to);
  }
}

/** The vectors of all states in order, joined where no padding comes between them. */
function segmentsOf(states: readonly StateRows[]): Segment[] {
  const found: Segment[] = [];
  let place = 0;
  for (const state of states) {
    for (const { offset, units } of state.parts) {
      const last = found.at(-1);
      if (last?.state === state && last.offset + 4 * last.length === offset) last.length += units;
      else found.push({ state, offset, place, length: units });
      place += units;
    }
  }
  return found;
}

/** Apart from lists, whose elements would have a loop box the numbers of typed arrays too. */
function copyFloats(x: Float32Array, from: number, count: number, to: number): void {
  const memory = floats;
  for (let index = 0; index < count; index++) memory[to + index] = x[from + index] as number;
}
