import { clock } from "../clock.mjs";
import { quartiles } from "../rounds.mjs";

/*
 * Interleaved rounds: every contender is timed once a round, so that a change of the processor's speed strikes all of them.
 * A contender has either run(), which may give a promise, or time(turns), which gives processor milliseconds of another process.
 */

const SAMPLE_MILLISECONDS = 60;
const WARM_UP = { turns: 20, milliseconds: 1500 };
/** What one contender may take of a workload's time; a slow one takes part in fewer rounds, but never in less than three. */
const PATIENCE_MILLISECONDS = 12_000;
const FEWEST_ROUNDS = 3;

/** Processor milliseconds of so many turns; a turn does `perRun` times a workload's work where a contender says so. */
async function timeOf(contender, turns) {
  if (contender.time !== undefined) return contender.time(turns);
  await contender.ready?.();
  const begin = clock();
  for (let turn = 0; turn < turns; turn++) {
    const pending = contender.run();
    if (pending instanceof Promise) await pending;
  }
  return Math.max(clock() - begin, 1e-3);
}

/** Engines replace their first code while it runs hot; tf.js compiles and caches in its first calls. */
async function warmUp(contender) {
  let [turns, spent] = [0, 0];
  while (turns < WARM_UP.turns && spent < WARM_UP.milliseconds) {
    spent += await timeOf(contender, 1);
    turns++;
  }
  let [count, time] = [1, await timeOf(contender, 1)];
  while (time < SAMPLE_MILLISECONDS / 4) {
    count *= 4;
    time = await timeOf(contender, count);
  }
  return { turns: Math.max(1, Math.round((SAMPLE_MILLISECONDS * count) / time)), milliseconds: time / count };
}

/**
 * @param contenders of one workload, the first being the one that the others are compared with
 * @returns [{ name, milliseconds, ratio }]: quartiles over the rounds of the time of a turn, and of the ratio of that time to
 *   the first contender's in the same round
 */
export async function compare(contenders, rounds) {
  const entries = [];
  for (const contender of contenders) {
    const { turns, milliseconds } = await warmUp(contender);
    const most = Math.max(FEWEST_ROUNDS, Math.floor(PATIENCE_MILLISECONDS / (turns * milliseconds)));
    entries.push({ contender, turns, most, times: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { contender, turns, most, times } of entries)
      if (round < most) times.push((await timeOf(contender, turns)) / turns / (contender.perRun ?? 1));
  }
  const base = entries[0].times;
  return entries.map(({ contender, times }) => ({
    name: contender.name,
    milliseconds: quartiles(times),
    ratio: quartiles(times.map((time, round) => time / base[round])),
  }));
}
