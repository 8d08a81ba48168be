import type { SequencesLike } from "../data/sequences.js";
import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { requireKnownOptions } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { doorOf } from "./interior.js";
import type { Model } from "./model.js";
import type { Plan } from "./plan.js";
import {
  answerLengths,
  enter,
  inputOptionNames,
  type PredictOptions,
  requireAnswerSteps,
  runGroups,
} from "./predict.js";

/** How answers are decoded. */
export interface DecodeOptions extends PredictOptions {
  /** Whether the attention weights are given too; default false. */
  readonly attention?: boolean;
}

/** An answer in tokens. */
export interface Decoded {
  /** Up to the stop token, which is left out. */
  readonly tokens: number[];
  /** How much each token looked at each step of its input [tokens, time]: every row sums to 1. Where it was asked for. */
  readonly attention?: Tensor;
}

/**
 * The answers of a network that answers in tokens, each token the likeliest after those before it (greedy decoding).
 *
 * @param input as for `predictBatch`: many sequences, tokens [batch, time] or [batch, time, inputSize]
 * @param options `steps`: most tokens of an answer; `attention: true` gives the attention weights; and those of `predictBatch`
 * @returns one answer a sequence
 * @example
 * const [{ tokens, attention }] = decode(translator, [words.encode("guten Morgen")], { attention: true });
 * @throws ArgumentError when the network does not answer in tokens, or attention is asked of one that has none
 * @throws ShapeError, ArgumentError when the input does not fit
 */
export function decode(model: Model, input: SequencesLike, options: DecodeOptions = {}): Decoded[] {
  const door = doorOf(model);
  requireKnownOptions("decode", options, [...inputOptionNames, "steps", "attention"]);
  const { steps, attention: isWanted = false, ...others } = options;
  const stop = requireTokens(model.specification);
  requireAnswerSteps("decode", model.specification, steps);
  const { interior, given } = enter(door, "decode", input, others);
  const found: Decoded[] = [];
  const take = (plan: Plan, examples: Int32Array) => {
    const weights = isWanted ? attentionOf(plan, model.specification) : undefined;
    tokensOf(plan, stop).forEach((tokens, index) => {
      const example = examples[index] as number;
      const length = given.input.lengths[example] as number;
      const attention = weights && { attention: attentionRows(plan, weights, index, tokens.length, length) };
      found[example] = { tokens, ...attention };
    });
  };
  runGroups(interior, given, take, false, steps);
  return found;
}

/** The stop token, if there is one. @throws ArgumentError when a network does not answer in tokens */
function requireTokens(layer: Layer): number | undefined {
  const { answers, describe } = definitionOf(layer);
  const answering = answers?.(layer.config);
  if (answering?.kind === "tokens") return answering.stop;
  throw new ArgumentError(
    `decode gives the tokens that a network answers, ${describe(layer.config)} gives values. Use predictBatch.`,
  );
}

/** The best token of every step, in the caller's order. */
function tokensOf(plan: Plan, stop: number | undefined): number[][] {
  const { address, stride, width, layout } = plan.run.output;
  const lengths = answerLengths(plan);
  const found: number[][] = [];
  for (let rank = 0; rank < layout.sequences; rank++) {
    const sequence = layout.order[rank] as number;
    const tokens = Array.from({ length: lengths[sequence] as number }, (_, step) =>
      largest(((address + (layout.firstRow(step) + rank) * stride) >> 2) as number, width),
    );
    if (stop !== undefined && tokens.at(-1) === stop) tokens.pop();
    found[sequence] = tokens;
  }
  return found;
}

/** Place of the largest of some floats; the first of equal ones. */
export function largest(from: number, count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) if ((floats[from + at] as number) > (floats[from + best] as number)) best = at;
  return best;
}

/** The weights of a plan's last run [sequences, answers, steps]. @throws ArgumentError when the network has no attention */
export function attentionOf({ run }: Plan, layer: Layer): Float32Array {
  const found = run.answers?.attention?.();
  if (found !== undefined) return found;
  const name = definitionOf(layer).describe(layer.config);
  throw new ArgumentError(`${name} has no attention whose weights could be given. Make it with { attention }.`);
}

/** Those of one sequence of the batch, cut to its answer and its input: [answers, steps]. */
export function attentionRows(
  plan: Plan,
  weights: Float32Array,
  index: number,
  answers: number,
  steps: number,
): Tensor {
  const [most, stride] = [plan.run.output.layout.steps, plan.layout.steps];
  const rows = new Float32Array(answers * steps);
  for (let answer = 0; answer < answers; answer++) {
    const from = (index * most + answer) * stride;
    rows.set(weights.subarray(from, from + steps), answer * steps);
  }
  return new Tensor(rows, [answers, steps]);
}
