import { type Comparison, tensorDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Numbers, ScheduleSpec } from "../support/subjectContract.js";
import type { Engine } from "./engine.js";

type Config = ReferenceCase["config"];

/** PyTorch's schedules by their names in a config: the library's, and its options in the library's words. */
const known: Readonly<Record<string, (config: Config) => ScheduleSpec>> = {
  step: ({ step_size, gamma }) => ({ name: "stepSchedule", options: { every: step_size, factor: gamma } }),
  multistep: ({ milestones, gamma }) => ({ name: "stepSchedule", options: { at: milestones, factor: gamma } }),
  exponential: ({ gamma }) => ({ name: "exponentialSchedule", options: { factor: gamma } }),
  cosine: ({ T_max, eta_min }) => ({ name: "cosineSchedule", options: { steps: T_max, leastRate: eta_min } }),
  cosine_restarts: ({ T_0, T_mult, eta_min }) => ({
    name: "cosineRestarts",
    options: { steps: T_0, growth: T_mult, leastRate: eta_min },
  }),
  one_cycle: (config) => ({
    name: "oneCycle",
    options: {
      ...{ steps: config.total_steps, rise: config.pct_start, threePhases: config.three_phase },
      ...{ shape: config.anneal_strategy === "cos" ? "cosine" : config.anneal_strategy },
      ...{ startDivisor: config.div_factor, endDivisor: config.final_div_factor },
      ...{ leastMomentum: config.base_momentum, mostMomentum: config.max_momentum },
    },
  }),
  linear: ({ start_factor, end_factor, total_iters }) => ({
    name: "linearSchedule",
    options: { from: start_factor, to: end_factor, steps: total_iters },
  }),
  polynomial: ({ total_iters, power }) => ({ name: "polynomialSchedule", options: { steps: total_iters, power } }),
  reduce_on_plateau: (config) => ({
    name: "reduceOnPlateau",
    options: {
      ...{ factor: config.factor, patience: config.patience, cooldown: config.cooldown, larger: config.mode === "max" },
      ...{ threshold: config.threshold, thresholdIs: config.threshold_mode === "rel" ? "relative" : "absolute" },
      ...{ leastRate: config.min_lr, leastChange: config.eps },
    },
  }),
};

/** Kind schedule: what each update used, in float64 on both sides. The one-cycle policy has a highest rate of its own. */
export function attemptSchedule<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const { config } = reference;
  const make = known[reference.text("schedule")];
  if (make === undefined) throw new Error(`${reference.id}: its schedule is not known here`);
  const watched = reference.has("metric") ? { watched: reference.values("metric") as Float64Array } : {};
  const base = reference.number(config.max_lr === undefined ? "lr" : "max_lr");
  const run = { updates: reference.number("steps"), base, ...watched };
  const { rates, momentum } = engine.subject.runSchedule(make(config), run);
  return [["lr", rates] as const, ["momentum", momentum] as const]
    .filter(([name]) => reference.has(`f64.${name}`))
    .map(([name, values]) => ({
      name,
      difference: tensorDifference(values ?? [], reference.values(`f64.${name}`)),
      allowed: reference.allowed("value"),
    }));
}
