import { requireInteger, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import { exp } from "../tensor/float64.js";

/** How the ratio of teacher forcing falls with the batches trained on (scheduled sampling, Bengio et al. 2015). */
export interface ForcingSchedule {
  /** Along a line, by a power, or along an inverse sigmoid. */
  readonly kind: "linear" | "exponential" | "inverseSigmoid";
  /** Ratio of the first batch; default 1. */
  readonly from?: number;
  /** Ratio of the last; default 0. */
  readonly to?: number;
  /** Batches from the one to the other. */
  readonly batches: number;
}

/** The share of steps fed with the target of the step before rather than with the network's own answer. */
export type TeacherForcing = number | ForcingSchedule;

/** How far along the way from 1 to 0 a schedule is, s the share of the batches that are done. */
const curves: Readonly<Record<ForcingSchedule["kind"], (s: number) => number>> = {
  linear: (s) => 1 - s,
  // A hundredth is left at the end: taken off, so that the end is the end.
  exponential: (s) => (exp(LOG_HUNDREDTH * s) - 0.01) / 0.99,
  // From 6 deviations before the middle to 6 after it, drawn to the ends 1 and 0.
  inverseSigmoid: (s) => (1 / (1 + exp(12 * s - 6)) - EDGE) / (1 - 2 * EDGE),
};
const LOG_HUNDREDTH = -4.605170185988091;
/** 1 / (1 + e⁶) */
const EDGE = 0.0024726231566347743;

/**
 * Checks a ratio or a schedule.
 * @throws ArgumentError when a ratio is not in [0, 1] or a schedule is none
 */
export function requireForcing(owner: string, forcing: TeacherForcing): TeacherForcing {
  if (typeof forcing === "number") return requireNumber(`teacherForcing of ${owner}`, forcing, 0, 1);
  requireKnownOptions(`teacherForcing of ${owner}`, forcing, ["kind", "from", "to", "batches"]);
  requireOneOf("kind of teacherForcing", forcing.kind, Object.keys(curves));
  requireNumber("from of teacherForcing", forcing.from ?? 1, 0, 1);
  requireNumber("to of teacherForcing", forcing.to ?? 0, 0, 1);
  requireInteger("batches of teacherForcing", forcing.batches);
  return forcing;
}

/** The ratio after a number of batches. */
export function forcingRatio(forcing: TeacherForcing, batches: number): number {
  if (typeof forcing === "number") return forcing;
  const { from = 1, to = 0 } = forcing;
  if (batches <= 0) return from;
  if (batches >= forcing.batches) return to;
  return to + (from - to) * curves[forcing.kind](batches / forcing.batches);
}

/** Whether a step may be forced at any time. */
export function mayForce(forcing: TeacherForcing): boolean {
  return typeof forcing === "number" ? forcing > 0 : Math.max(forcing.from ?? 1, forcing.to ?? 0) > 0;
}

/** Whether a step may be left to the network's own answer at any time. */
export function mayStopForcing(forcing: TeacherForcing): boolean {
  return typeof forcing === "number" ? forcing < 1 : Math.min(forcing.from ?? 1, forcing.to ?? 0) < 1;
}
