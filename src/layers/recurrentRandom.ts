import { randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { Fields } from "./recurrentFields.js";
import type { Geometry } from "./recurrentGeometry.js";

/** What is drawn anew for every batch. */
export interface Drawn {
  readonly fields: Fields;
  /** Draws what belongs to the sequences, or to their steps from … to − 1; left out where nothing is drawn. */
  draw?(from: number, to: number): void;
}

const nothing: Drawn = { fields: {} };

/** Recurrent dropout: one mask a sequence on h before W_hh, kept units divided by 1 − rate. A prediction drops nothing. */
export function recurrentDropout({ config, input, planner, suffix, hidden, hiddenBlock }: Geometry): Drawn {
  const rate = config.recurrentDropout;
  if (rate === 0 || !planner.training) return nothing;
  const { region, draws, path } = planner;
  const { layout } = input;
  const mask = region.words(layout.capacity.sequences * hiddenBlock);
  const [low, high] = randomKey(draws.seed, `${path}recurrentDropout${suffix}`);
  const [kept, scale] = [1 - rate, 1 / (1 - rate)];
  return {
    fields: { mask, masked: region.words(2 * layout.capacity.sequences * hiddenBlock) },
    draw() {
      const { fillBernoulli } = core();
      for (let rank = 0; rank < layout.sequences; rank++) {
        const sequence = layout.order[rank] as number;
        fillBernoulli(mask + 4 * rank * hiddenBlock, hidden, kept, scale, low, high, draws.count, sequence, 0);
      }
    },
  };
}

/** Zoneout: units keep their old state, drawn for every step in training, in the mean of that in prediction. */
export function zoneout(g: Geometry): Drawn {
  const rates = g.cell.states.map((state) => g.config.zoneout[state] as number);
  if (rates.every((rate) => rate === 0)) return nothing;
  return g.planner.training ? drawnZoneout(g, rates) : meanZoneout(g, rates);
}

/** One row of rates serves every step. */
function meanZoneout({ config, input, planner, block, cellWords }: Geometry, rates: readonly number[]): Drawn {
  const { region } = planner;
  const raw = region.words(input.layout.capacity.sequences * cellWords);
  const share = region.words(cellWords);
  rates.forEach((rate, state) => {
    const start = (share >> 2) + state * block;
    floats.fill(rate, start, start + config.units);
  });
  return { fields: { raw, zoneout: share, zoneoutStride: 0 } };
}

function drawnZoneout(
  { cell, config, input, planner, suffix, block, cellWords }: Geometry,
  rates: readonly number[],
): Drawn {
  const { region, draws, path } = planner;
  const { layout } = input;
  const { sequences, rows } = layout.capacity;
  const [raw, share] = [1, 2].map(() => layout.keep(region.words(rows * cellWords), 4 * cellWords)) as [number, number];
  // One function for each state: numbers in its reach are passed on as they are, those of an array are boxed at every call.
  const states = cell.states.map((name, index) => {
    const [low, high] = randomKey(draws.seed, `${path}zoneout.${name}${suffix}`);
    const rate = rates[index] as number;
    /** That state of one sequence's row at a step. */
    return (rank: number, row: number, step: number) => {
      const to = share + 4 * (row * cellWords + index * block);
      const sequence = layout.order[rank] as number;
      core().fillBernoulli(to, config.units, rate, 1, low, high, draws.count, sequence, layout.offset + step);
    };
  });
  return {
    fields: { raw, zoneout: share, zoneoutStride: 4 * cellWords, dKept: region.words(sequences * cellWords) },
    draw(from, to) {
      // Row after row as they lie: a sequence's rows are so far apart that they would fall on the same lines of a cache.
      for (let step = from; step < to; step++) {
        const first = layout.firstRow(step);
        for (let row = first; row < layout.firstRow(step + 1); row++) {
          for (const draw of states) draw(row - first, row, step);
        }
      }
    },
  };
}
