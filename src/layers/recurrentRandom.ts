import { padded } from "../tensor/rows.js";
import { randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { Fields } from "./recurrentFields.js";
import type { Geometry } from "./recurrentGeometry.js";

/** What is drawn anew for every batch. */
export interface Drawn {
  readonly fields: Fields;
  draw(): void;
}

const nothing: Drawn = { fields: {}, draw() {} };

/** Recurrent dropout: one mask a sequence on h before W_hh, kept units divided by 1 − rate. A prediction drops nothing. */
export function recurrentDropout({ config, input, planner, suffix, ...g }: Geometry): Drawn {
  const rate = config.recurrentDropout;
  if (rate === 0 || !planner.training) return nothing;
  const { region, draws, path } = planner;
  const { layout } = input;
  const bytes = 4 * g.hiddenBlock;
  const mask = region.bytes(layout.capacity.sequences * bytes);
  const key = randomKey(draws.seed, `${path}recurrentDropout${suffix}`);
  return {
    fields: { mask, masked: region.bytes(2 * layout.capacity.sequences * bytes) },
    draw() {
      for (let rank = 0; rank < layout.sequences; rank++) {
        const sequence = layout.order[rank] as number;
        core().fillBernoulli(
          mask + rank * bytes,
          g.hidden,
          1 - rate,
          1 / (1 - rate),
          key[0],
          key[1],
          draws.count,
          sequence,
          0,
        );
      }
    },
  };
}

/** Zoneout: units keep their old state, drawn for every step in training, in the mean of that in prediction. */
export function zoneout({ cell, config, input, planner, suffix, ...g }: Geometry): Drawn {
  const rates = cell.states.map((state) => config.zoneout[state] as number);
  if (rates.every((rate) => rate === 0)) return nothing;
  const { region, draws, path, training } = planner;
  const { layout } = input;
  const { sequences, rows } = layout.capacity;
  const bytes = 4 * g.cellWords;
  const blockBytes = 4 * padded(config.units);
  const raw = region.bytes((training ? rows : sequences) * bytes);
  const share = region.bytes((training ? rows : 1) * bytes);
  if (!training) {
    rates.forEach((rate, state) => {
      const start = (share + state * blockBytes) >> 2;
      floats.fill(rate, start, start + config.units);
    });
    return { fields: { raw, zoneout: share, zoneoutStride: 0 }, draw() {} };
  }
  const keys = cell.states.map((state) => randomKey(draws.seed, `${path}zoneout.${state}${suffix}`));
  /** One state of one sequence at all its steps. */
  const drawState = (state: number, rank: number) => {
    const { fillBernoulli } = core();
    const [low, high] = keys[state] as [number, number];
    const [rate, steps] = [rates[state] as number, layout.lengths[rank] as number];
    const sequence = layout.order[rank] as number;
    const column = share + state * blockBytes;
    for (let step = 0; step < steps; step++) {
      const row = column + (layout.firstRow(step) + rank) * bytes;
      fillBernoulli(row, config.units, rate, 1, low, high, draws.count, sequence, step);
    }
  };
  return {
    fields: { raw, zoneout: share, zoneoutStride: bytes, dKept: region.bytes(sequences * bytes) },
    draw() {
      for (let state = 0; state < rates.length; state++) {
        for (let rank = 0; rank < layout.sequences; rank++) drawState(state, rank);
      }
    },
  };
}
