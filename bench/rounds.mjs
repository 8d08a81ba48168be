import { clock } from "./clock.mjs";

/*
 * Interleaved rounds: every item is timed once a round, between two measurements of the yardstick, so that a change of the
 * processor's speed strikes both. An item is { name, work, run() }: `work` is what one run does, in its group's unit.
 */

/** One sample lasts about this long: far above the clock's step, short beside changes of the processor's speed. */
const SAMPLE_MILLISECONDS = 4;
/** Engines replace their first code by optimised code while a function runs hot. */
const WARM_UP_MILLISECONDS = 60;

/** Runs of `item` that fill one sample. Warms it up on the way. */
function repeatsOf(item) {
  let runs = 0;
  const begin = clock();
  while (clock() - begin < WARM_UP_MILLISECONDS) {
    item.run();
    runs++;
  }
  const again = clock();
  let counted = 0;
  for (; counted < runs && (counted < 1 || clock() - again < WARM_UP_MILLISECONDS / 2); counted++) item.run();
  const each = Math.max((clock() - again) / counted, 1e-6);
  return Math.max(1, Math.round(SAMPLE_MILLISECONDS / each));
}

function sample(item, repeats) {
  const begin = clock();
  for (let run = 0; run < repeats; run++) item.run();
  // A sample shorter than the clock's step would be a division by zero.
  return Math.max(clock() - begin, 1e-3) / repeats;
}

/**
 * Times of `items` in `rounds` rounds against `yardsticks`, items of known work of which the fastest counts.
 * @returns [{ name, milliseconds, rate, share }], each figure { low, median, high } with the quartiles of the rounds:
 *   milliseconds a run, work a millisecond, and rate over the yardstick's rate beside it.
 */
export function measure(items, yardsticks, rounds) {
  const all = [...items, ...yardsticks].map((item) => ({ item, repeats: repeatsOf(item) }));
  const timed = all.slice(0, items.length);
  const scale = all.slice(items.length);
  const bestRate = () => Math.max(...scale.map(({ item, repeats }) => item.work / sample(item, repeats)));
  const times = timed.map(() => []);
  const shares = timed.map(() => []);
  for (let round = 0; round < rounds; round++) {
    let before = bestRate();
    timed.forEach(({ item, repeats }, index) => {
      const time = sample(item, repeats);
      const after = bestRate();
      times[index].push(time);
      shares[index].push(item.work / time / ((before + after) / 2));
      before = after;
    });
  }
  return timed.map(({ item }, index) => ({
    name: item.name,
    milliseconds: quartiles(times[index]),
    rate: quartiles(times[index].map((time) => item.work / time)),
    share: quartiles(shares[index]),
  }));
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
