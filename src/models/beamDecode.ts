import { type BeamOptions, BeamSearch, mostBeginnings } from "../decoding/beamSearch.js";
import type { ChooseTokens } from "../layers/answering.js";
import type { StateRows } from "../tensor/rows.js";
import type { Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import { attentionRows } from "./attendedRows.js";
import type { Interior } from "./interior.js";
import type { Plan } from "./plan.js";
import { planFor, type Readable } from "./planFor.js";
import { readScores } from "./sampler.js";

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

/** A search for each sequence, `width` rows of the batch after each other, all step by step. */
function runSearches(plan: Plan, sequences: number, width: number, options: BeamOptions): BeamSearch[] {
  const { answers, output } = plan.run;
  const searches = Array.from({ length: sequences }, () => new BeamSearch(options, output.width));
  if (answers === undefined) return searches;
  const region = new Region();
  try {
    const choose = followed(searches, width, answers.states, output.width, region);
    const isOpen = ({ open }: BeamSearch) => open > 0;
    answers.read();
    for (let step = 0; step < options.steps && searches.some(isOpen); step++) answers.step(step, choose);
  } finally {
    region.dispose();
  }
  return searches;
}

/** Goes on with every search, and moves the states after the step to the rows that go on from them. */
function followed(
  searches: readonly BeamSearch[],
  width: number,
  states: readonly StateRows[],
  vocabularySize: number,
  region: Region,
): ChooseTokens {
  const count = searches.length * width;
  const room = new Float64Array(vocabularySize);
  const comesFrom = region.words(count);
  const before = region.bytes(count * Math.max(...states.map(({ stride }) => stride)));
  return (scores, step, chosen) => {
    const first = scores.layout.firstRow(step);
    const logits = (row: number) => readScores("decode", scores, first + row, room);
    for (let row = 0; row < count; row++) ints[(comesFrom >> 2) + row] = row;
    for (let index = 0; index < searches.length; index++) {
      const search = searches[index] as BeamSearch;
      const row = index * width;
      if (search.open > 0) search.advance(logits, row);
      for (let at = 0; at < search.open; at++) {
        chosen[row + at] = search.token(at);
        ints[(comesFrom >> 2) + row + at] = row + search.place(at);
      }
    }
    for (const { address, stride, layout } of states) {
      const to = address + layout.firstRow(step) * stride;
      floats.copyWithin(before >> 2, to >> 2, (to + count * stride) >> 2);
      core().gatherRows(to, stride, before, stride, comesFrom, count, stride);
    }
  };
}
