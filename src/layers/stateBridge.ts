import type { Layout } from "../tensor/layout.js";
import type { Rows, StatePart, StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import { type Layer, type LayerRun, type Planner, planLayer } from "./layer.js";
import { newRows } from "./moveRows.js";

/** How the final states of an encoder's directions become one initial state of a decoder. */
export type BridgeKind = "sum" | "concatenate" | "dense";

/** A vector of a decoder's state, and the states of an encoder that it comes from. */
export interface BridgeLink {
  readonly from: readonly StateRows[];
  readonly to: StateRows;
  /** Which vector of the states. */
  readonly part: number;
  /** The layer of a dense bridge, and its path. */
  readonly layer?: Layer;
  readonly path?: string;
}

/**
 * Hands final states over from the layout of the input to that of the answers, as initial states: the same state, the sum of
 * both directions, both side by side, or W [h_forward; h_backward] + b.
 */
export class StateBridge {
  readonly #lines: readonly Line[];
  readonly #input: Layout;
  readonly #answers: Layout;
  /** Rank in the input by the caller's number. */
  readonly #rankOf: Int32Array;

  constructor(
    links: readonly BridgeLink[],
    kind: BridgeKind,
    { input, answers }: { readonly input: Layout; readonly answers: Layout },
    planner: Planner,
  ) {
    this.#lines = links.map((link) => new Line(link, kind, input, planner));
    this.#input = input;
    this.#answers = answers;
    this.#rankOf = new Int32Array(input.capacity.sequences);
  }

  pack(): void {
    for (const { run } of this.#lines) run?.pack();
  }

  begin(): void {
    const { order, sequences } = this.#input;
    for (let rank = 0; rank < sequences; rank++) this.#rankOf[order[rank] as number] = rank;
    for (const { run } of this.#lines) run?.begin();
  }

  /** After the way forward of what gives, before that of what takes. */
  forward(): void {
    for (const line of this.#lines) {
      for (let rank = 0; rank < this.#input.sequences; rank++) line.collect(rank);
      line.run?.forward(0, 1);
      this.#eachSequence((rank, answerRank) => line.hand(rank, answerRank));
    }
  }

  /** After the way back of what took, before that of what gave: adds to the gradients of its final states. */
  backward(): void {
    for (const line of this.#lines) {
      this.#eachSequence((rank, answerRank) => line.takeBack(rank, answerRank));
      line.run?.backward(0, 1);
      for (let rank = 0; rank < this.#input.sequences; rank++) line.spread(rank);
    }
  }

  gradients(): void {
    for (const { run } of this.#lines) run?.gradients(0, 1);
  }

  /** Visits every sequence of the batch: its rank in the input, and in the answers. */
  #eachSequence(visit: (rank: number, answerRank: number) => void): void {
    const { order, sequences } = this.#answers;
    for (let rank = 0; rank < sequences; rank++) visit(this.#rankOf[order[rank] as number] as number, rank);
  }
}

/** One state vector on its way: collected into a row for each sequence, made into another, handed over; and back. */
class Line {
  /** The layer of a dense bridge. */
  readonly run: LayerRun | undefined;
  readonly #from: readonly StateRows[];
  readonly #to: StateRows;
  readonly #source: StatePart;
  readonly #target: StatePart;
  /** Which vector of the states. */
  readonly #part: number;
  /** Floats from one state to the next in a row: none where they are added. */
  readonly #step: number;
  readonly #collected: Rows;
  readonly #made: Rows;

  constructor({ from, to, part, layer, path }: BridgeLink, kind: BridgeKind, input: Layout, planner: Planner) {
    this.#from = from;
    this.#to = to;
    this.#part = part;
    this.#source = (from[0] as StateRows).parts[part] as StatePart;
    this.#target = to.parts[part] as StatePart;
    const { units } = this.#source;
    this.#step = kind === "sum" ? 0 : units;
    const width = kind === "sum" ? units : units * from.length;
    this.#collected = newRows(planner.region, input.perSequence(), width, planner.training);
    this.run = layer && planLayer(layer, this.#collected, planner.child(path as string));
    this.#made = this.run?.output ?? this.#collected;
  }

  collect(rank: number): void {
    const { address, stride } = this.#collected;
    const row = (address + rank * stride) >> 2;
    floats.fill(0, row, row + (stride >> 2));
    for (let index = 0; index < this.#from.length; index++) {
      const state = this.#from[index] as StateRows;
      this.#add(row + index * this.#step, this.#place(state, state.final(rank)));
    }
  }

  hand(rank: number, answerRank: number): void {
    const row = (this.#made.address + rank * this.#made.stride) >> 2;
    const { offset, units } = this.#target;
    floats.copyWithin((this.#to.initial(answerRank) + offset) >> 2, row, row + units);
  }

  takeBack(rank: number, answerRank: number): void {
    const { offset, units } = this.#target;
    const from = (this.#to.gradient(answerRank) + offset) >> 2;
    floats.copyWithin((this.#made.gradient + rank * this.#made.gradientStride) >> 2, from, from + units);
  }

  spread(rank: number): void {
    const { gradient, gradientStride } = this.#collected;
    const row = (gradient + rank * gradientStride) >> 2;
    for (let index = 0; index < this.#from.length; index++) {
      const state = this.#from[index] as StateRows;
      this.#add(this.#place(state, state.gradient(rank)), row + index * this.#step);
    }
  }

  /** Index of the vector in a state row. */
  #place(state: StateRows, row: number): number {
    return (row + (state.parts[this.#part] as StatePart).offset) >> 2;
  }

  #add(to: number, from: number): void {
    for (let at = 0; at < this.#source.units; at++)
      floats[to + at] = (floats[to + at] as number) + (floats[from + at] as number);
  }
}
