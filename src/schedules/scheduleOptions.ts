import { ArgumentError } from "../errors.js";
import { requireInteger, requireNumber, requireOneOf } from "../shape.js";
import type { ScheduleMoment } from "./schedule.js";

/** What a schedule counts: `scheduler.step()` of PyTorch after each update, or after each epoch. */
export type Each = "update" | "epoch";

/** What all schedules share that go by steps. */
export interface SteppedOptions {
  /** What a step is; default "update". */
  readonly each?: Each;
}

/** Most steps; with cosines of up to that many there is no loss of digits. */
const MOST_STEPS = Number.MAX_SAFE_INTEGER;

/** @throws ArgumentError when it is neither */
export function requireEach(owner: string, each: unknown = "update"): Each {
  return requireOneOf(`each of ${owner}`, each, ["update", "epoch"]);
}

/** A number of steps. @throws ArgumentError when it is not a whole number of 1 or more */
export function requireSteps(title: string, steps: unknown): number {
  return requireInteger(title, steps, 1, MOST_STEPS);
}

/** What a rate is multiplied with. @throws ArgumentError when it is not above 0 */
export function requireFactor(title: string, factor: unknown): number {
  if (factor === 0)
    throw new ArgumentError(`${title} must be above 0, received 0: nothing would be learnt ever after.`);
  return requireNumber(title, factor, 0);
}

/** The least rate. @throws ArgumentError when it is negative */
export function requireLeastRate(title: string, rate: unknown = 0): number {
  return requireNumber(title, rate, 0);
}

/** Steps that are done when an update begins. */
export function stepsDone(each: Each, update: number, { epochs }: ScheduleMoment): number {
  return each === "update" ? update - 1 : epochs;
}
