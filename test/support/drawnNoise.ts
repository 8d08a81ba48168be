/** The noise that the library draws for a run of one layer, from the addresses of its random numbers alone. */
import { randomKey } from "../../src/tensor/seed.js";
import { core } from "../../src/wasm/core.js";
import { floats } from "../../src/wasm/memory.js";
import { zoneoutRates } from "../oracle/cells/index.js";
import type { Noise, RecurrentRun } from "./subjectContract.js";
import { within } from "./subjectPlan.js";

/** Seed and number of the batch of a layer that is planned by itself (subjectPlan.ts). */
const SEED = 0;
const BATCH = 0;

/**
 * Recurrent dropout: for each sequence, by its place in the batch, factors 0 or 1 / (1 − rate). Zoneout: for each sequence and
 * step, by their places, 1 where the old state stays. In a prediction zoneout keeps the rate of every state, and nothing is dropped.
 */
export function drawnNoise(run: RecurrentRun<Float32Array>, states: number, isPrediction = false): Noise {
  const { batch, steps, units, options = {}, reverse, projectionSize = units } = run;
  const suffix = reverse ? "_l0_reverse" : "_l0";
  const rate = options.recurrentDropout ?? 0;
  const masks = Array.from({ length: batch }, (_, sequence) =>
    bernoulli(projectionSize, 1 - rate, 1 / (1 - rate), `recurrentDropout${suffix}`, sequence, 0),
  );
  const kept = zoneoutRates(options, states).map((share, state) => {
    if (share === 0) return undefined;
    if (isPrediction) return new Array<number>(batch * steps * units).fill(Math.fround(share));
    const purpose = `zoneout.${["h", "c"][state]}${suffix}`;
    return Array.from({ length: batch * steps }, (_, at) =>
      bernoulli(units, share, 1, purpose, Math.floor(at / steps), at % steps),
    ).flat();
  });
  return { ...(rate > 0 && !isPrediction ? { mask: masks.flat() } : {}), kept };
}

function bernoulli(
  count: number,
  chance: number,
  value: number,
  purpose: string,
  place: number,
  step: number,
): number[] {
  const [low, high] = randomKey(SEED, purpose);
  return within((region) => {
    const address = region.words(count);
    core().fillBernoulli(address, count, chance, value, low, high, BATCH, place, step);
    return Array.from(floats.subarray(address >> 2, (address >> 2) + count));
  });
}
