import type { AnswerRows, AnswerRun } from "../layers/answering.js";
import { Feedback } from "../layers/feedback.js";
import { mayStopForcing } from "../layers/forcing.js";
import type { LayerRun, Planner } from "../layers/layer.js";
import { clearGradientRows, newRows } from "../layers/moveRows.js";
import { type BridgeLink, StateBridge } from "../layers/stateBridge.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import { requireAnswers } from "./answerRoom.js";
import { AttendingDecoder, planPart } from "./attendingDecoder.js";
import { answerWidths, type EncoderDecoderOptions } from "./encoderDecoderOptions.js";
import { type Parts, partsOf } from "./encoderDecoderParts.js";

/** An encoder, its states handed over, a decoder with attention, and its answers fed back. */
export class EncoderDecoderRun implements LayerRun {
  readonly output: Rows;
  /** The encoder's: the decoder begins with what was handed over. */
  readonly states: LayerRun["states"];
  readonly answers: AnswerRun;
  readonly #input: Rows;
  readonly #rows: AnswerRows;
  readonly #encoder: LayerRun;
  readonly #bridge: StateBridge;
  readonly #decoder: AttendingDecoder;
  readonly #first: FirstInput;
  readonly #feedback: Feedback;

  constructor(config: EncoderDecoderOptions, input: Rows, planner: Planner) {
    const rows = requireAnswers(planner);
    const parts = partsOf(config, { width: input.width, each: "step" });
    this.#input = input;
    this.#rows = rows;
    this.#encoder = planPart(parts.encoder, input, planner);
    const inputs = newRows(planner.region, rows.layout, answerWidths(config)[1], feedsGradientBack(config, planner));
    this.#decoder = new AttendingDecoder(parts, inputs, this.#encoder.output, planner);
    this.#bridge = new StateBridge(
      linksOf(config, parts, this.#encoder.states, this.#decoder.states),
      config.bridge ?? "sum",
      { input: input.layout, answers: rows.layout },
      planner,
    );
    this.#first = new FirstInput(config, input, inputs.width);
    this.#feedback = new Feedback({
      planner,
      answers: rows,
      inputs,
      network: this.#decoder,
      kind: kindOf(config),
      feedback: "output",
      teacherForcing: config.teacherForcing ?? 1,
      ...(config.stop === undefined ? {} : { stop: config.stop }),
      first: (sequence, to) => this.#first.write(sequence, to),
    });
    this.output = this.#decoder.output;
    this.states = this.#encoder.states;
    this.answers = this.#answerRun();
  }

  #answerRun(): AnswerRun {
    const { lengths } = this.#feedback;
    const { attention, states } = this.#decoder;
    return {
      read: () => this.#read(),
      step: (index, choose) => this.#feedback.step(index, choose),
      states,
      lengths,
      ...(attention && { attention: attention.readWeights.bind(attention) }),
    };
  }

  pack(): void {
    for (const each of [this.#encoder, this.#bridge, this.#decoder]) each.pack();
  }

  begin(): void {
    for (const each of [this.#encoder, this.#bridge, this.#decoder, this.#first, this.#feedback]) each.begin();
  }

  #read(): void {
    this.#encoder.forward(0, this.#input.layout.steps);
    this.#bridge.forward();
    this.#decoder.read();
  }

  forward(): void {
    this.#read();
    this.#feedback.forward();
  }

  backward(): void {
    this.#feedback.backward();
    if (!this.#decoder.backwardInput()) clearGradientRows(this.#encoder.output);
    this.#bridge.backward();
    this.#encoder.backward(0, this.#input.layout.steps);
  }

  gradients(): void {
    this.#encoder.gradients(0, this.#input.layout.steps);
    this.#bridge.gradients();
    this.#decoder.gradients(0, this.#rows.layout.steps);
  }
}

function kindOf({ targetVocabularySize }: EncoderDecoderOptions): "tokens" | "values" {
  return targetVocabularySize === undefined ? "values" : "tokens";
}

/** Whether a gradient may go from the inputs of the decoder's steps to the answers that they were. */
function feedsGradientBack(config: EncoderDecoderOptions, { training }: Planner): boolean {
  return training && kindOf(config) === "values" && mayStopForcing(config.teacherForcing ?? 1);
}

/** What the first step of the decoder reads: the start token, zeros, or the last row of the input. */
class FirstInput {
  readonly #start: EncoderDecoderOptions["start"];
  readonly #input: Rows;
  /** Of the decoder's inputs. */
  readonly #width: number;
  /** Rank in the input by the caller's number. */
  readonly #rankOf: Int32Array;

  constructor({ start }: EncoderDecoderOptions, input: Rows, width: number) {
    this.#start = start;
    this.#input = input;
    this.#width = width;
    this.#rankOf = new Int32Array(input.layout.capacity.sequences);
  }

  begin(): void {
    const { order, sequences } = this.#input.layout;
    for (let rank = 0; rank < sequences; rank++) this.#rankOf[order[rank] as number] = rank;
  }

  write(sequence: number, to: number): void {
    const { layout, address, stride } = this.#input;
    if (typeof this.#start === "number") {
      floats[to] = this.#start;
      return;
    }
    const row = this.#start === "last" ? layout.lastRow(this.#rankOf[sequence] as number) : -1;
    const from = (address + row * stride) >> 2;
    if (row < 0) floats.fill(0, to, to + this.#width);
    else floats.copyWithin(to, from, from + this.#width);
  }
}

/** Which states of the encoder become which of the decoder: layer by layer, all directions. */
function linksOf(
  config: EncoderDecoderOptions,
  { bridges }: Parts,
  encoder: readonly StateRows[],
  decoder: readonly StateRows[],
): BridgeLink[] {
  const directions = config.bidirectional ? 2 : 1;
  return decoder.flatMap((to, level) =>
    to.parts.map((_, part) => {
      const made = bridges.find((bridge) => bridge.level === level && bridge.vector === part);
      const from = encoder.slice(level * directions, (level + 1) * directions);
      return { from, to, part, ...(made && { layer: made.layer, path: made.path }) };
    }),
  );
}
