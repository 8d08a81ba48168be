import { requireLogits } from "../decoding/chooseToken.js";
import { type Sampling, type SamplingOptions, samplingOf, TokenDraws } from "../decoding/sampling.js";
import { ArgumentError } from "../errors.js";
import type { ChooseTokens } from "../layers/answering.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { largestPlace } from "../tensor/largestPlace.js";
import type { Rows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";

/** The stop token, if there is one. @throws ArgumentError when a network does not answer in tokens */
export function requireTokens(owner: string, layer: Layer): number | undefined {
  const { answers, describe } = definitionOf(layer);
  const answering = answers?.(layer.config);
  if (answering?.kind === "tokens") return answering.stop;
  throw new ArgumentError(
    `${owner} gives the tokens that a network answers, ${describe(layer.config)} gives values. Use predictBatch.`,
  );
}

/**
 * How tokens are to be drawn, where any option says so: temperature 1 where the draw is spoken of (`topK`, `topP`, `seed`),
 * else 0, the likeliest.
 * @throws ArgumentError when an option is out of its range
 */
export function askedSampling(owner: string, options: SamplingOptions): Sampling | undefined {
  const { temperature, topK, topP, repetitionPenalty, seed } = options;
  const isDrawn = [topK, topP, seed].some((option) => option !== undefined);
  if (!isDrawn && temperature === undefined && repetitionPenalty === undefined) return undefined;
  return samplingOf(owner, options, isDrawn ? 1 : 0);
}

/** Tokens chosen in the course of a run, by the number of their sequence in the batch. */
export interface Sampler {
  readonly tokens: readonly number[][];
  readonly choose: ChooseTokens;
}

/**
 * @param sampling how they are drawn; left out, each is the likeliest, the first of equal ones
 * @param examples numbers of the sequences of the batch among all: part of the draws' addresses
 */
export function sampler(
  owner: string,
  sampling: Sampling | undefined,
  examples: ArrayLike<number>,
  stop?: number,
): Sampler {
  const tokens = Array.from(examples, (): number[] => []);
  const seen = tokens.map(() => new Set<number>());
  let draws: TokenDraws | undefined;
  const next = (scores: Rows, row: number, sequence: number, step: number) => {
    if (sampling === undefined) return largestPlace(floats, (scores.address + row * scores.stride) >> 2, scores.width);
    draws ??= new TokenDraws(sampling, scores.width);
    readScores(owner, scores, row, draws.scores);
    const token = draws.draw(seen[sequence] as Set<number>, examples[sequence] as number, step);
    seen[sequence]?.add(token);
    return token;
  };
  return {
    tokens,
    choose(scores, step, chosen) {
      const { layout } = scores;
      for (let rank = 0; rank < layout.sequences; rank++) {
        const sequence = layout.order[rank] as number;
        const previous = tokens[sequence] as number[];
        if (stop !== undefined && previous.at(-1) === stop) continue;
        const token = next(scores, layout.firstRow(step) + rank, sequence, step);
        previous.push(token);
        chosen[rank] = token;
      }
    },
  };
}

/** A row of scores in float64. @throws ArgumentError when one is not finite */
export function readScores(owner: string, { address, stride }: Rows, row: number, to: Float64Array): Float64Array {
  const memory = floats;
  const from = (address + row * stride) >> 2;
  for (let token = 0; token < to.length; token++) to[token] = memory[from + token] as number;
  requireLogits(owner, to);
  return to;
}
