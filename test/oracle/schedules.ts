import type { ScheduledNumbers, ScheduledRun, ScheduleSpec } from "../support/subjectContract.js";

/** What comes after each step; the rate before the first, and what the optimizer's rate was. */
type Next = (rate: number, step: number, base: number) => number;

/** A rate that each step makes of the one before, as PyTorch's schedulers do. */
function chain(first: (base: number) => number, next: Next) {
  return ({ updates, base }: ScheduledRun): ScheduledNumbers => {
    const rates = [first(base)];
    while (rates.length < updates) rates.push(next(rates.at(-1) as number, rates.length, base));
    return { rates };
  };
}

const whole = (base: number) => base;

function cosine({ steps, leastRate: least }: { steps: number; leastRate: number }) {
  const lift = (step: number) => 1 + Math.cos((Math.PI * step) / steps);
  return chain(whole, (rate, step, base) =>
    (step - 1 - steps) % (2 * steps) === 0
      ? rate + ((base - least) * (1 - Math.cos(Math.PI / steps))) / 2
      : (lift(step) / lift(step - 1)) * (rate - least) + least,
  );
}

function restarts({ steps, growth, leastRate: least }: { steps: number; growth: number; leastRate: number }) {
  let [done, period] = [0, steps];
  return chain(whole, (_rate, _step, base) => {
    done += 1;
    if (done >= period) [done, period] = [done - period, period * growth];
    return least + ((base - least) * (1 + Math.cos((Math.PI * done) / period))) / 2;
  });
}

interface Cycle {
  readonly steps: number;
  readonly rise: number;
  readonly shape: string;
  readonly startDivisor: number;
  readonly endDivisor: number;
  readonly threePhases: boolean;
  readonly cyclesMomentum?: boolean;
  readonly leastMomentum: number;
  readonly mostMomentum: number;
}

function oneCycle({ steps, rise, shape, startDivisor, endDivisor, threePhases, ...given }: Cycle) {
  const { cyclesMomentum = true, leastMomentum: least, mostMomentum: most } = given;
  return ({ updates, base }: ScheduledRun): ScheduledNumbers => {
    const low = base / startDivisor;
    // Where each stretch ends, and the rates and momenta at both of its ends.
    const stretches = threePhases
      ? [
          [rise * steps - 1, low, base, most, least],
          [2 * rise * steps - 2, base, low, least, most],
          [steps - 1, low, low / endDivisor, most, most],
        ]
      : [
          [rise * steps - 1, low, base, most, least],
          [steps - 1, base, low / endDivisor, least, most],
        ];
    const rates: number[] = [];
    const momentum: number[] = [];
    for (let step = 0; step < updates; step++) {
      let start = 0;
      for (const [index, [end, rate1, rate2, momentum1, momentum2]] of stretches.entries()) {
        if (step <= end || index === stretches.length - 1) {
          const part = Math.min(1, (step - start) / (end - start));
          const weight = shape === "linear" ? 1 - part : (1 + Math.cos(Math.PI * part)) / 2;
          rates.push(rate2 + (rate1 - rate2) * weight);
          momentum.push(momentum2 + (momentum1 - momentum2) * weight);
          break;
        }
        start = end;
      }
    }
    return { rates, ...(cyclesMomentum && { momentum }) };
  };
}

interface Plateau {
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdIs: string;
  readonly cooldown: number;
  readonly leastRate: number;
  readonly leastChange: number;
  readonly larger: boolean;
}

function plateau(options: Plateau) {
  const { factor, patience, threshold, thresholdIs, cooldown, leastRate, leastChange, larger } = options;
  const room = (best: number, sign: number) => {
    if (thresholdIs === "absolute") return threshold;
    return best === Infinity ? 0 : sign * best * threshold;
  };
  return ({ updates, base, watched = [] }: ScheduledRun): ScheduledNumbers => {
    const sign = larger ? -1 : 1;
    let [rate, best, bad, cooling] = [base, Infinity, 0, 0];
    const rates: number[] = [];
    for (let step = 0; step < updates; step++) {
      rates.push(rate);
      // As if smaller were better; a share of the best is taken of its own sign.
      const value = sign * (watched[step] as number);
      if (value < best - room(best, sign)) [best, bad] = [value, 0];
      else bad += 1;
      if (cooling > 0) [cooling, bad] = [cooling - 1, 0];
      if (bad <= patience) continue;
      const next = Math.max(rate * factor, leastRate);
      if (rate - next > leastChange) rate = next;
      [cooling, bad] = [cooldown, 0];
    }
    return { rates };
  };
}

function product({ schedules }: { schedules: readonly ScheduleSpec[] }) {
  return (run: ScheduledRun): ScheduledNumbers => {
    const parts = schedules.map((spec) => runSchedule(spec, run));
    const rates = Array.from({ length: run.updates }, (_, step) =>
      parts.reduce((rate, part) => (rate * (part.rates[step] as number)) / run.base, run.base),
    );
    return { ...parts.find(({ momentum }) => momentum !== undefined), rates };
  };
}

/** Each schedule, written step by step, by the library's name. */
export const oracleSchedules: Readonly<Record<string, (options: never) => (run: ScheduledRun) => ScheduledNumbers>> = {
  stepSchedule: ({ every, at, factor }: { every?: number; at?: readonly number[]; factor: number }) =>
    chain(whole, (rate, step) => {
      const falls = at?.filter((fall) => fall === step).length ?? Number(step % (every as number) === 0);
      return rate * factor ** falls;
    }),
  exponentialSchedule: ({ factor }: { factor: number }) => chain(whole, (rate) => rate * factor),
  linearSchedule: ({ steps, from, to }: { steps: number; from: number; to: number }) =>
    chain(
      (base) => from * base,
      (rate, step, base) => (step > steps ? rate : rate + ((to - from) * base) / steps),
    ),
  polynomialSchedule: ({ steps, power }: { steps: number; power: number }) =>
    chain(whole, (rate, step) => (step > steps ? rate : rate * ((steps - step) / (steps - step + 1)) ** power)),
  warmUp: ({ steps }: { steps: number }) =>
    chain(
      (base) => base / steps,
      (rate, step, base) => (step >= steps ? rate : rate + base / steps),
    ),
  cosineSchedule: cosine,
  cosineRestarts: restarts,
  oneCycle,
  reduceOnPlateau: plateau,
  productOf: product,
};

/** The numbers of each update under a schedule. */
export function runSchedule({ name, options }: ScheduleSpec, run: ScheduledRun): ScheduledNumbers {
  const make = oracleSchedules[name];
  if (make === undefined)
    throw new Error(`no float64 oracle for the schedule "${name}": add it to test/oracle/schedules.ts.`);
  return make(options as never)(run);
}
