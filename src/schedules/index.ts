import { cosineRestarts } from "./cosineRestarts.js";
import { cosineSchedule } from "./cosineSchedule.js";
import { exponentialSchedule } from "./exponentialSchedule.js";
import { linearSchedule } from "./linearSchedule.js";
import { oneCycle } from "./oneCycle.js";
import { polynomialSchedule } from "./polynomialSchedule.js";
import { productFrom } from "./productOf.js";
import { reduceOnPlateau } from "./reduceOnPlateau.js";
import type { Schedule } from "./schedule.js";
import { stepSchedule } from "./stepSchedule.js";
import { warmUp } from "./warmUp.js";

/** What makes each schedule of its options, by its name; schedules of schedules also of what makes those. */
export const schedules = {
  cosineRestarts,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  oneCycle,
  polynomialSchedule,
  productOf: productFrom,
  reduceOnPlateau,
  stepSchedule,
  warmUp,
} as const satisfies Record<string, (options: never, make: never) => Schedule>;
