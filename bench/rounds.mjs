import { clock } from "./clock.mjs";

/*
 * Interleaved rounds: every item is timed once a round, between two measurements of the yardstick, so that a change of the
 * processor's speed strikes both. An item is { name, work, run() }: `work` is what one run does, in its group's unit. `waits`: run gives a
 * promise.
 */

/** One sample lasts about this long: far above the clock's step, short beside changes of the processor's speed. */
const SAMPLE_MILLISECONDS = 4;
/** Engines replace their first code by optimised code while a function runs hot. */
const WARM_UP_MILLISECONDS = 60;

async function runOnce(item) {
  const pending = item.run();
  if (item.waits) await pending;
}

/** Runs of `item` that fill one sample. Warms it up on the way. */
async function repeatsOf(item) {
  let runs = 0;
  const begin = clock();
  while (clock() - begin < WARM_UP_MILLISECONDS) {
    await runOnce(item);
    runs++;
  }
  const again = clock();
  let counted = 0;
  for (; counted < runs && (counted < 1 || clock() - again < WARM_UP_MILLISECONDS / 2); counted++) await runOnce(item);
  const each = Math.max((clock() - again) / counted, 1e-6);
  return Math.max(1, Math.round(SAMPLE_MILLISECONDS / each));
}

async function sample(item, repeats) {
  const begin = clock();
  if (item.waits) for (let run = 0; run < repeats; run++) await item.run();
  else for (let run = 0; run < repeats; run++) item.run();
  // A sample shorter than the clock's step would be a division by zero.
  return Math.max(clock() - begin, 1e-3) / repeats;
}

/** Work a millisecond of the fastest yardstick. */
async function bestRate(scale) {
  let best = 0;
  for (const { item, repeats } of scale) best = Math.max(best, item.work / (await sample(item, repeats)));
  return best;
}

/**
 * Times of `items` in `rounds` rounds against `yardsticks`, items of known work of which the fastest counts.
 * @returns [{ name, milliseconds, rate, share, rates }], figures { low, median, high } with the quartiles of the rounds:
 *   milliseconds a run, work a millisecond, and rate over the yardstick's rate beside it; `rates` is the rate of every round.
 */
export async function measure(items, yardsticks, rounds) {
  const all = [];
  for (const item of [...items, ...yardsticks]) all.push({ item, repeats: await repeatsOf(item) });
  const timed = all.slice(0, items.length).map((entry) => ({ ...entry, times: [], shares: [] }));
  const scale = all.slice(items.length);
  for (let round = 0; round < rounds; round++) {
    let before = await bestRate(scale);
    for (const { item, repeats, times, shares } of timed) {
      const time = await sample(item, repeats);
      const after = await bestRate(scale);
      times.push(time);
      shares.push(item.work / time / ((before + after) / 2));
      before = after;
    }
  }
  return timed.map(({ item, times, shares }) => {
    const rates = times.map((time) => item.work / time);
    return { name: item.name, milliseconds: quartiles(times), rate: quartiles(rates), share: quartiles(shares), rates };
  });
}

/** Time of one piece of work of `name` over that of `base`, both of one round at a time: quartiles over the rounds. */
export function timeRatio(results, name, base) {
  const [above, below] = [name, base].map((wanted) => results.find((result) => result.name === wanted).rates);
  return quartiles(below.map((rate, round) => rate / above[round]));
}

export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  };
  return { low: at(0.25), median: at(0.5), high: at(0.75) };
}
