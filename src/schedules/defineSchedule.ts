import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import type { Schedule, ScheduleDefinition } from "./schedule.js";
import { ScheduleRun } from "./scheduleRun.js";

/**
 * A schedule of your own, checked and frozen.
 *
 * @example
 * const halving = ({ every }: { every: number }) =>
 *   defineSchedule({ name: "halving", options: { every }, rate: (update, base) => base / (1 + Math.floor(update / every)) });
 * await fit(model, data, { loss: meanSquaredError, schedule: halving({ every: 100 }), epochs: 20 });
 * @throws ArgumentError when a part of it is none
 */
export function defineSchedule(definition: ScheduleDefinition): Schedule {
  requireDefinition(definition);
  const { name, options = {}, start, watches, momentum, endEpoch } = definition;
  return Object.freeze({
    name,
    options: Object.freeze(options),
    ...(start && { start }),
    ...(watches && { watches }),
    // Called as members: the definition may be of a class.
    rate: (update, base, at) => definition.rate(update, base, at),
    ...(momentum && { momentum: (update, at) => momentum.call(definition, update, at) }),
    ...(endEpoch && { endEpoch: (outcome, numbers) => endEpoch.call(definition, outcome, numbers) }),
    require: requireScheduled,
    begin() {
      return new ScheduleRun(this);
    },
  } satisfies Schedule as Schedule);
}

function requireDefinition(given: ScheduleDefinition): void {
  const {
    name,
    options = {},
    rate,
    start = [],
    watches = [],
    momentum,
    endEpoch,
  } = (given ?? {}) as Partial<ScheduleDefinition>;
  if (typeof rate !== "function" || typeof name !== "string")
    throw new ArgumentError(`defineSchedule wants { name, options, rate(update, base) }, received ${describe(given)}.`);
  const owner = `of the schedule ${name}`;
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(`options ${owner} must be an object, received ${describe(options)}.`);
  if (!Array.isArray(start) || !start.every(Number.isFinite))
    throw new ArgumentError(`start ${owner} must be a list of finite numbers, received ${describe(start)}.`);
  if (!Array.isArray(watches))
    throw new ArgumentError(`watches ${owner} must be a list, received ${describe(watches)}.`);
  for (const [member, value] of Object.entries({ momentum, endEpoch })) {
    if (value !== undefined && typeof value !== "function")
      throw new ArgumentError(`${member} ${owner} must be a function, received ${describe(value)}.`);
  }
}

/** @throws ArgumentError when the schedule moves or watches what the training has not */
function requireScheduled(
  this: ScheduleDefinition,
  rule: { readonly name: string; readonly hasMomentum?: boolean },
  metrics: readonly { readonly name: string }[],
): void {
  const { name, momentum, watches = [] } = this;
  if (momentum !== undefined && !rule.hasMomentum)
    throw new ArgumentError(
      `the schedule ${name} moves the momentum, and this ${rule.name} has none. Give it one, as sgd({ momentum: 0.9 }), or the schedule { cyclesMomentum: false }.`,
    );
  const missing = watches.find((watched) => !metrics.some((metric) => metric.name === watched));
  if (missing !== undefined)
    throw new ArgumentError(`the schedule ${name} watches the metric "${missing}", which is not among the metrics.`);
}
