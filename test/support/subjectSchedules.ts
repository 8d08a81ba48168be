/** Schedules over updates, each an epoch of its own. */
import type { Schedule } from "../../src/index.js";
import { schedules } from "../../src/schedules/index.js";
import type { ScheduledNumbers, ScheduledRun, ScheduleSpec } from "./subjectContract.js";

/** A schedule as a file's reader makes it. */
export function scheduleOf({ name, options }: ScheduleSpec): Schedule {
  const make = schedules[name as keyof typeof schedules] as
    | ((options: object, make: (spec: ScheduleSpec) => Schedule) => Schedule)
    | undefined;
  if (make === undefined) throw new Error(`schedule ${name} is not built yet`);
  return make(options, scheduleOf);
}

export function runSchedule(spec: ScheduleSpec, { updates, base, watched }: ScheduledRun): ScheduledNumbers {
  const schedule = scheduleOf(spec);
  const numbers = [...(schedule.start ?? [])];
  const rates: number[] = [];
  const momentum: number[] = [];
  for (let epochs = 0; epochs < updates; epochs++) {
    rates.push(schedule.rate(epochs + 1, base, { epochs, numbers }));
    if (schedule.momentum !== undefined) momentum.push(schedule.momentum(epochs + 1, { epochs, numbers }));
    schedule.endEpoch?.({ loss: watched?.[epochs] ?? 0 }, numbers);
  }
  return { rates, ...(momentum.length > 0 && { momentum }) };
}
