import { ArgumentError } from "../errors.js";
import { requireKnownOptions } from "../shape.js";
import { defineSchedule } from "./defineSchedule.js";
import { requireSchedule, type Schedule, type ScheduleMoment } from "./schedule.js";

/** A schedule as files keep it. */
export interface DescribedSchedule {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The product of schedules: what each makes of the learning rate, multiplied (PyTorch's ChainedScheduler).
 *   rate = base · Πᵢ (rateᵢ / base)
 * One of them at most moves the momentum.
 *
 * @example
 * const schedule = productOf(warmUp({ steps: 50 }), reduceOnPlateau({ factor: 0.5, patience: 2 }));
 * await fit(model, data, { loss: meanSquaredError, schedule, validation: 0.2, epochs: 30 });
 * @throws ArgumentError when there is none, one is no schedule, or two move the momentum
 */
export function productOf(...factors: readonly Schedule[]): Schedule {
  const parts = factors.map(requireSchedule);
  if (parts.length === 0) throw new ArgumentError("productOf wants the schedules to be multiplied, received none.");
  const moving = parts.filter(({ momentum }) => momentum !== undefined);
  if (moving.length > 1)
    throw new ArgumentError(
      `productOf multiplies learning rates; ${moving.map(({ name }) => name).join(" and ")} both set the momentum.`,
    );
  const places = placesOf(parts);
  const [mover] = places.filter(({ part }) => part.momentum !== undefined);
  return defineSchedule({
    name: "productOf",
    options: { schedules: Object.freeze(parts.map(({ name, options = {} }) => Object.freeze({ name, options }))) },
    start: parts.flatMap((part) => part.start ?? []),
    watches: parts.flatMap((part) => part.watches ?? []),
    rate(update, base, at) {
      if (base === 0) return 0;
      let rate = base;
      for (const place of places) rate *= place.part.rate(update, base, seenFrom(place, at)) / base;
      return rate;
    },
    ...(mover !== undefined && {
      momentum: (update, at) => (mover.part as Required<Schedule>).momentum(update, seenFrom(mover, at)),
    }),
    endEpoch(outcome, numbers) {
      for (const { part, first, count } of places) {
        const own = numbers.slice(first, first + count);
        part.endEpoch?.(outcome, own);
        numbers.splice(first, count, ...own);
      }
    },
  });
}

/** A factor, and which of the product's numbers are its own. */
interface Place {
  readonly part: Schedule;
  readonly first: number;
  readonly count: number;
}

function placesOf(parts: readonly Schedule[]): readonly Place[] {
  let first = 0;
  return parts.map((part) => {
    const count = part.start?.length ?? 0;
    first += count;
    return { part, first: first - count, count };
  });
}

function seenFrom({ first, count }: Place, { epochs, numbers }: ScheduleMoment): ScheduleMoment {
  return { epochs, numbers: numbers.slice(first, first + count) };
}

/**
 * The product that a file describes.
 * @param make makes a schedule of its name and options
 * @throws ArgumentError when the description is none
 */
export function productFrom(
  options: { readonly schedules: readonly DescribedSchedule[] },
  make: (described: DescribedSchedule) => Schedule,
): Schedule {
  requireKnownOptions("productOf", options, ["schedules"]);
  if (!Array.isArray(options.schedules)) throw new ArgumentError("schedules of productOf must be a list.");
  return productOf(...options.schedules.map(make));
}
