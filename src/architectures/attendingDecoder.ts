import { Attention } from "../layers/attention.js";
import { type LayerRun, type Planner, planLayer } from "../layers/layer.js";
import { merges } from "../layers/merge.js";
import { newRows, rowRange } from "../layers/moveRows.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import type { Part, Parts } from "./encoderDecoderParts.js";

/** Plans a part at its path. */
export function planPart<Given extends Part | undefined>(
  part: Given,
  rows: Rows,
  planner: Planner,
): LayerRun | Extract<Given, undefined> {
  if (part === undefined) return undefined as Extract<Given, undefined>;
  return planLayer(part.layer, rows, planner.child(part.path));
}

/** Attention of the decoder's output to the encoder's, with its projections; what it gives is joined to that output. */
class Attending {
  /** [context, decoder's output] */
  readonly joined: Rows;
  readonly attention: Attention;
  readonly #input: Rows;
  readonly #decoder: Rows;
  /** The decoder's output with the gradient that comes by way of the joined rows. */
  readonly #direct: Rows;
  readonly #keys: LayerRun | undefined;
  readonly #queries: LayerRun | undefined;
  /** What is joined. */
  readonly #parts: readonly Rows[];
  readonly #all: readonly { pack(): void; begin(): void }[];

  constructor({ key, query, score }: Parts, input: Rows, decoder: Rows, planner: Planner) {
    const { region, training } = planner;
    this.#input = input;
    this.#decoder = decoder;
    this.#keys = planPart(key, input, planner);
    this.#queries = planPart(query, decoder, planner);
    this.attention = new Attention({
      keys: this.#keys?.output ?? input,
      values: input,
      queries: this.#queries?.output ?? decoder,
      planner,
      ...(score && { vector: planner.child(score.path).parameter("weight") }),
    });
    const { gradient, gradientStride } = newRows(region, decoder.layout, decoder.width, training);
    this.#direct = { ...decoder, gradient, gradientStride };
    this.#parts = [this.attention.context, this.#direct];
    this.joined = newRows(region, decoder.layout, input.width + decoder.width, training);
    this.#all = [this.#keys, this.#queries, this.attention].filter((each) => each !== undefined);
  }

  pack(): void {
    for (const each of this.#all) each.pack();
  }

  begin(): void {
    for (const each of this.#all) each.begin();
  }

  /** Takes over what the encoder gave. */
  read(): void {
    this.#keys?.forward(0, this.#input.layout.steps);
    this.attention.read();
  }

  forward(from: number, to: number): void {
    this.#queries?.forward(from, to);
    this.attention.forward(from, to);
    const [first, rows] = rowRange(this.#decoder.layout, from, to);
    merges.concat.forward(this.joined, this.#parts, first, rows);
  }

  /** From the gradient of the joined rows to that of the decoder's output, which is overwritten. */
  backward(from: number, to: number): void {
    const [first, rows] = rowRange(this.#decoder.layout, from, to);
    merges.concat.backward(this.joined, this.#parts, first, rows);
    this.attention.backward(from, to);
    this.#queries?.backward(from, to);
    const [decoder, direct] = [this.#decoder, this.#direct];
    const at = decoder.gradient + first * decoder.gradientStride;
    const source = direct.gradient + first * direct.gradientStride;
    const bytes = 4 * padded(decoder.width);
    core().addRows(at, decoder.gradientStride, source, direct.gradientStride, rows, bytes, 1);
  }

  /** After all steps: overwrites the gradient of the encoder's output. */
  backwardInput(): void {
    this.attention.backwardKeys();
    this.#keys?.backward(0, this.#input.layout.steps);
    this.attention.backwardValues();
  }

  gradients(): void {
    this.#keys?.gradients(0, this.#input.layout.steps);
    this.#queries?.gradients(0, this.#decoder.layout.steps);
    this.attention.gradients();
  }
}

/** From a decoder's inputs to the answers: its recurrent layers, attention, dropout, the head. */
export class AttendingDecoder implements LayerRun {
  readonly output: Rows;
  readonly states: LayerRun["states"];
  readonly #stack: LayerRun;
  readonly #attending: Attending | undefined;
  readonly #above: readonly LayerRun[];
  readonly #all: readonly { pack(): void; begin(): void }[];

  /** @param encoded the encoder's output */
  constructor(parts: Parts, inputs: Rows, encoded: Rows, planner: Planner) {
    const stack = planPart(parts.decoder, inputs, planner);
    this.#stack = stack;
    this.states = stack.states;
    this.#attending = parts.combine && new Attending(parts, encoded, stack.output, planner);
    const above: LayerRun[] = [];
    let top = this.#attending?.joined ?? stack.output;
    for (const part of [parts.combine, parts.dropout, parts.head]) {
      if (part === undefined) continue;
      const run = planPart(part, top, planner);
      above.push(run);
      top = run.output;
    }
    this.#above = above;
    this.#all = [stack, ...(this.#attending ? [this.#attending] : []), ...above];
    this.output = top;
  }

  /** The attention, if there is one. */
  get attention(): Attention | undefined {
    return this.#attending?.attention;
  }

  pack(): void {
    for (const each of this.#all) each.pack();
  }

  begin(): void {
    for (const each of this.#all) each.begin();
  }

  /** Takes over what the encoder gave. */
  read(): void {
    this.#attending?.read();
  }

  forward(from: number, to: number): void {
    this.#stack.forward(from, to);
    this.#attending?.forward(from, to);
    for (const each of this.#above) each.forward(from, to);
  }

  backward(from: number, to: number): void {
    for (let index = this.#above.length - 1; index >= 0; index--) this.#above[index]?.backward(from, to);
    this.#attending?.backward(from, to);
    this.#stack.backward(from, to);
  }

  /** After all steps: overwrites the gradient of the encoder's output; false where nothing has read it. */
  backwardInput(): boolean {
    this.#attending?.backwardInput();
    return this.#attending !== undefined;
  }

  gradients(from: number, to: number): void {
    this.#stack.gradients(from, to);
    this.#attending?.gradients();
    for (const each of this.#above) each.gradients(from, to);
  }
}
