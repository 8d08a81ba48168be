import { type BeamOptions, BeamSearch } from "../decoding/beamSearch.js";
import { requireLogits } from "../decoding/chooseToken.js";
import type { ChooseTokens } from "../layers/answering.js";
import type { StateRows } from "../tensor/rows.js";
import type { Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { attentionRows } from "./attendedRows.js";
import type { Interior } from "./interior.js";
import type { Plan } from "./plan.js";
import { planFor, type Readable } from "./planFor.js";
import { logitsAt } from "./sampler.js";

/** An answer that a search has found. */
export interface Found {
  /** Without the stop token. */
  readonly tokens: number[];
  readonly score: number;
  readonly attention?: Tensor;
}

/** Rows that run side by side: the beginnings of one sequence or several. */
const SIDE_BY_SIDE = 64;

/**
 * The best answers for every example, the best first. The greedy one, a search of width 1, stays among the candidates: no
 * score is below it.
 */
export function beamDecode(
  interior: Interior,
  given: Readable,
  options: BeamOptions,
  attends: boolean,
): readonly (readonly Found[])[] {
  const greedy = searchAll(interior, given, { ...options, beam: 1, hypotheses: 1 }, attends);
  if (options.beam === 1) return greedy;
  return searchAll(interior, given, options, attends).map((wide, example) =>
    withGreedy(wide, greedy[example]?.[0] as Found, options.hypotheses),
  );
}

function withGreedy(wide: readonly Found[], greedy: Found, count: number): readonly Found[] {
  if (wide.some(({ tokens }) => tokens.join() === greedy.tokens.join())) return wide;
  return [...wide, greedy].sort((a, b) => b.score - a.score).slice(0, count);
}

function searchAll(interior: Interior, given: Readable, options: BeamOptions, attends: boolean): Found[][] {
  const { count } = given.input;
  const width = mostBeginnings(options, interior.output.width);
  const together = Math.max(1, Math.floor(SIDE_BY_SIDE / width));
  const found: Found[][] = [];
  for (let from = 0; from < count; from += together) {
    const sequences = Math.min(together, count - from);
    const rows = Int32Array.from({ length: sequences * width }, (_, row) => from + Math.floor(row / width));
    const plan = planFor(interior, given, rows, false, undefined, options.steps);
    const searches = runSearches(plan, sequences, width, options);
    searches.forEach((search, index) => {
      const steps = given.input.lengths[from + index] as number;
      const all = search.best().map(({ tokens: whole, places, score }) => {
        const tokens = withoutStop(whole, options.stop);
        const rows = tokens.map((_, step) => index * width + (places[step] as number));
        return { tokens, score, ...(attends && { attention: attentionRows(plan, interior.layer, rows, steps) }) };
      });
      found.push(all);
    });
  }
  return found;
}

/** An answer up to the stop token. */
export function withoutStop(tokens: readonly number[], stop: number | undefined): number[] {
  return tokens.slice(0, stop !== undefined && tokens.at(-1) === stop ? -1 : tokens.length);
}

/** Beginnings that there can be at most: of a tiny vocabulary fewer than a wide beam holds. */
function mostBeginnings({ beam, steps }: BeamOptions, vocabularySize: number): number {
  let count = 1;
  for (let step = 1; step < steps && count < beam && vocabularySize > 1; step++) count *= vocabularySize;
  return Math.min(beam, count);
}

/** A search for each sequence, `width` rows of the batch after each other, all step by step. */
function runSearches(plan: Plan, sequences: number, width: number, options: BeamOptions): BeamSearch[] {
  const searches = Array.from({ length: sequences }, () => new BeamSearch(options));
  const { answers } = plan.run;
  if (answers === undefined) return searches;
  const choose: ChooseTokens = (scores, step, chosen) => {
    const first = scores.layout.firstRow(step);
    const comesFrom = Int32Array.from({ length: sequences * width }, (_, row) => row);
    searches.forEach((search, index) => {
      if (search.open.length === 0) return;
      search.advance((place) => {
        const logits = logitsAt(scores, first + index * width + place);
        requireLogits("decode", logits);
        return logits;
      });
      search.open.forEach(({ token, place }, at) => {
        chosen[index * width + at] = token;
        comesFrom[index * width + at] = index * width + place;
      });
    });
    for (const states of answers.states) moveRows(states, step, comesFrom);
  };
  answers.read();
  for (let step = 0; step < options.steps && searches.some(({ open }) => open.length > 0); step++)
    answers.step(step, choose);
  return searches;
}

/** States after a step: each row becomes what another was. */
function moveRows({ address, stride, layout }: StateRows, step: number, comesFrom: Int32Array): void {
  const from = (address + layout.firstRow(step) * stride) >> 2;
  const width = stride >> 2;
  const before = floats.slice(from, from + comesFrom.length * width);
  comesFrom.forEach((row, to) => {
    if (row !== to) floats.set(before.subarray(row * width, (row + 1) * width), from + to * width);
  });
}
