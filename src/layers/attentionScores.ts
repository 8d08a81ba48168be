import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import type { AttentionPlaces } from "./attentionPlaces.js";
import type { Planner } from "./layer.js";

/** How well queries and keys of a sequence match. Rows of scores are `stride` bytes apart, one score a key. */
export interface Scores {
  /** Takes over the parameters. */
  pack(): void;
  /** Takes over the batch's keys. */
  read(): void;
  /** Scores of `count` queries, from a place on, of the sequence of a rank. */
  forward(scores: number, rank: number, query: number, count: number): void;
  /** From the scores' gradients to those of the queries. */
  backward(dScores: number, rank: number, query: number, count: number): void;
  /** Then to those of the keys: `dScores` of all queries of a sequence. */
  backwardKeys(dScores: number, rank: number): void;
  /** Adds the gradients of the parameters. */
  gradients(): void;
}

/** What scores are planned with: rows of queries one after the other, and where the keys are. */
export interface ScoresPlan {
  readonly places: AttentionPlaces;
  readonly keys: Rows;
  /** Queries by sequence, and their gradients; rows of `queryStride` bytes. */
  readonly queries: number;
  readonly dQueries: number;
  readonly queryStride: number;
  /** Bytes from one row of scores to the next. */
  readonly stride: number;
  readonly planner: Planner;
}

/** Gradients of a sequence's keys, rows of `bytes`, are added to the rows that they came from. */
export function returnGradients(
  places: AttentionPlaces,
  keys: Rows,
  gradient: number,
  bytes: number,
  rank: number,
): void {
  const first = places.firstKey[rank] as number;
  const { gradient: to, gradientStride, width } = keys;
  const rows = places.keyRows + 4 * first;
  core().scatterAddRows(to, gradientStride, gradient + first * bytes, bytes, rows, places.keys(rank), 4 * width);
}
