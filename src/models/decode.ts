import type { SequencesLike } from "../data/sequences.js";
import type { BeamOptions } from "../decoding/beamSearch.js";
import { type Sampling, type SamplingOptions, samplingOptionNames } from "../decoding/sampling.js";
import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { requireFlag, requireInteger, requireKnownOptions, requireNumber } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { attentionRows } from "./attendedRows.js";
import { beamDecode, type Found, withoutStop } from "./beamDecode.js";
import { doorOf, type Interior } from "./interior.js";
import type { Model } from "./model.js";
import type { Plan } from "./plan.js";
import type { Readable } from "./planFor.js";
import { enter, inputOptionNames, type PredictOptions, requireAnswerSteps, runGroups } from "./predict.js";
import { askedSampling, requireTokens, sampler } from "./sampler.js";

/** How answers are decoded: greedily, by draws where an option of `SamplingOptions` is there, or with a beam. */
export interface DecodeOptions extends PredictOptions, SamplingOptions {
  /**
   * How bold draws are (`SamplingOptions`). Default: 1 where `topK`, `topP` or a `seed` is given, else 0, greedy.
   */
  readonly temperature?: number;
  /** Whether the attention weights are given too; default false. */
  readonly attention?: boolean;
  /** Beginnings that beam search follows side by side; 1 is greedy with scores. Default: no beam search. */
  readonly beam?: number;
  /**
   * α of the length penalty of a beam search: the sum of ln p is divided by ((5 + tokens) / 6)^α (Wu et al. 2016). 0, the
   * default, leaves the sum, of which short answers are fond; 0.6 to 1 are usual in translation.
   */
  readonly lengthPenalty?: number;
  /** How many hypotheses of a beam search are given, at most `beam`; default none but the answer itself. */
  readonly hypotheses?: number;
}

/** An answer that a beam search considered. */
export interface Hypothesis {
  /** Up to the stop token, which is left out. */
  readonly tokens: number[];
  /** Σ ln p of the tokens, the stop token's included, over the length penalty, for which it counts as well. */
  readonly score: number;
}

/** An answer in tokens. */
export interface Decoded {
  /** Up to the stop token, which is left out. */
  readonly tokens: number[];
  /** How much each token looked at each step of its input [tokens, time]: every row sums to 1. Where it was asked for. */
  readonly attention?: Tensor;
  /** That of `Hypothesis`, of a beam search. */
  readonly score?: number;
  /** The best answers, the best first, where `hypotheses` asks for them. */
  readonly hypotheses?: readonly Hypothesis[];
}

/**
 * The answers of a network that answers in tokens. Without further options each token is the likeliest after those before it
 * (greedy). With `temperature`, `topK`, `topP`, `repetitionPenalty` or `seed` tokens are drawn as `chooseToken` does, `step`
 * being the place in the answer, `sequence` the number in the batch. With `beam` a beam search looks for the answer of the
 * best score; the greedy one stays among its candidates, so that no answer scores below it, and the width that holds all
 * answers finds the best there is.
 *
 * @param input as for `predictBatch`: many sequences, tokens [batch, time] or [batch, time, inputSize]
 * @param options `steps`: most tokens of an answer; `attention: true` gives the attention weights; those of draws or of a beam;
 *   and those of `predictBatch`
 * @returns one answer a sequence
 * @example
 * const [{ tokens, attention }] = decode(translator, [words.encode("guten Morgen")], { attention: true });
 * const [{ score }] = decode(translator, [words.encode("guten Morgen")], { beam: 4, lengthPenalty: 0.6 });
 * @throws ArgumentError when the network does not answer in tokens, attention is asked of one that has none, an option is out
 *   of range, draws and a beam are asked for at once, or a logit of a draw or a beam is not finite
 * @throws ShapeError, ArgumentError when the input does not fit
 */
export function decode(model: Model, input: SequencesLike, options: DecodeOptions = {}): Decoded[] {
  const door = doorOf(model);
  const { specification } = model;
  requireKnownOptions("decode", options, [...inputOptionNames, ...OWN_NAMES, ...samplingOptionNames]);
  const stop = requireTokens("decode", specification);
  const steps = requireAnswerSteps("decode", specification, options.steps) ?? stepsOf(specification);
  const sampling = askedSampling("decode", options);
  const search = searchOf(options, sampling !== undefined, stop, steps);
  const attention = requireFlag("attention of decode", options.attention ?? false);
  const told = Object.fromEntries(
    inputOptionNames.filter((name) => name in options).map((name) => [name, options[name]]),
  );
  if (Array.isArray(input) && typeof input[0] === "number")
    throw new ArgumentError("decode takes many sequences, received one: wrap it, [sequence].");
  const { interior, given } = enter(door, "decode", input, told);
  if (search !== undefined)
    return beamDecode(interior, given, search, attention).map((found) => ofSearch(found, options.hypotheses));
  return tokenByToken(interior, given, { stop, steps, attention, sampling });
}

const OWN_NAMES = ["steps", "attention", "beam", "lengthPenalty", "hypotheses"] as const;

/** Most steps of an answer, where nothing else is said. */
function stepsOf(layer: Layer): number {
  return definitionOf(layer).answers?.(layer.config).steps as number;
}

/** @throws ArgumentError when an option is out of its range, or there without a beam */
function searchOf(
  options: DecodeOptions,
  isDrawn: boolean,
  stop: number | undefined,
  steps: number,
): BeamOptions | undefined {
  const { beam, hypotheses, lengthPenalty } = options;
  if (beam === undefined) {
    const lost = hypotheses === undefined ? (lengthPenalty === undefined ? "" : "lengthPenalty") : "hypotheses";
    if (lost === "") return undefined;
    throw new ArgumentError(`${lost} of decode is about a beam search: give a beam too, such as { beam: 4 }.`);
  }
  const width = requireInteger("beam of decode", beam);
  if (isDrawn)
    throw new ArgumentError(
      `decode draws tokens or searches with a beam: give ${samplingOptionNames.join(", ")} or beam, not both.`,
    );
  return {
    beam: width,
    hypotheses: requireInteger("hypotheses of decode", hypotheses ?? 1, 1, width),
    lengthPenalty: requireNumber("lengthPenalty of decode", lengthPenalty ?? 0, 0),
    stop,
    steps,
  };
}

/** How an answer is made token by token. */
interface Way {
  readonly stop: number | undefined;
  readonly steps: number;
  readonly attention: boolean;
  readonly sampling: Sampling | undefined;
}

function tokenByToken(interior: Interior, given: Readable, { stop, steps, attention, sampling }: Way): Decoded[] {
  const found: Decoded[] = [];
  const answer = (plan: Plan, examples: Int32Array) => {
    const chosen = sampler("decode", sampling, examples, stop);
    const { answers } = plan.run;
    answers?.read();
    for (let step = 0; step < steps && answers?.step(step, chosen.choose); step++);
    chosen.tokens.forEach((all, index) => {
      const example = examples[index] as number;
      const tokens = withoutStop(all, stop);
      const rows = tokens.map(() => index);
      const length = given.input.lengths[example] as number;
      found[example] = { tokens, ...(attention && { attention: attentionRows(plan, interior.layer, rows, length) }) };
    });
  };
  runGroups(interior, given, answer, undefined, steps);
  return found;
}

/** The best answer, and the others where they are wanted. */
function ofSearch(found: readonly Found[], wanted: number | undefined): Decoded {
  const hypotheses = found.map(({ tokens, score }) => ({ tokens, score }));
  return { ...(found[0] as Found), ...(wanted !== undefined && { hypotheses }) };
}
