import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Named, Numbers, OptimizerSpec } from "../support/subjectContract.js";
import { compareTensors, type Engine } from "./engine.js";

/** Keys of a config that are no options of the optimizer itself: the run's, of clipping, and of a schedule. */
const notOptions = new Set([
  ...["steps", "optimizer", "name", "clip_kind", "max_norm", "norm_type", "clip_value", "schedule"],
  ...["step_size", "gamma", "milestones", "T_max", "T_0", "T_mult", "eta_min"],
  ...["start_factor", "end_factor", "total_iters", "power"],
  ...["max_lr", "total_steps", "pct_start", "anneal_strategy", "three_phase", "div_factor", "final_div_factor"],
  ...["cycle_momentum", "base_momentum", "max_momentum"],
  // How torch computes, and the sign of the gradients.
  ...["foreach", "fused", "capturable", "differentiable", "maximize"],
]);

/** torch's option names that are not the library's in snake case. */
const renamed: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eps: "epsilon",
  lr_decay: "learningRateDecay",
  initial_accumulator_value: "initialSum",
};
/** torch's names of optimizers that are not the library's. */
const renamedOptimizers: Readonly<Record<string, string>> = { adamw: "adamW" };

/** Kind optim: steps on given gradients, clipped first where the case says so. */
export function attemptOptim<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const names = [...reference.tensors.keys()].filter((name) => /^initial\./.test(name)).map((name) => name.slice(8));
  const initial = named(names, (name) => engine.numbers(reference.values(`initial.${name}`)));
  const produced: Record<string, ArrayLike<number>> = {};
  const downwards = clipped(reference, engine, names, produced);
  const isUpwards = reference.config.maximize === true;
  const gradients = isUpwards ? downwards.map((each) => turned(each, engine)) : downwards;
  const spec = optimizerSpec(reference.config, reference.text("optimizer"));
  const trajectory = [initial, ...engine.subject.runOptimizer(withSchedule(spec, reference), initial, gradients)];
  for (const name of names) {
    produced[`trajectory.${name}`] = trajectory.flatMap((values) => Array.from(values[name]));
  }
  const expected = [...reference.tensors.keys()].filter((name) =>
    /^(trajectory\.|clipped_gradient\.|total_norm$)/.test(name),
  );
  return compareTensors(reference, engine, expected, produced);
}

/** The optimizer of a config (torch's names) in the library's words. */
export function optimizerSpec(config: Readonly<Record<string, unknown>>, name: string): OptimizerSpec {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    if (notOptions.has(key)) continue;
    if (key === "betas") [options.beta1, options.beta2] = value as [number, number];
    else options[renamed[key] ?? key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = value;
  }
  return { name: renamedOptimizers[name] ?? name, options };
}

/** Rates that change from step to step stand in the file (float64 where it has them). */
function withSchedule(spec: OptimizerSpec, reference: ReferenceCase): OptimizerSpec {
  const schedule: Record<string, readonly number[]> = {};
  for (const [tensor, option] of [
    ["lr", "learningRate"],
    ["momentum", "momentum"],
  ] as const) {
    const name = [`f64.${tensor}`, tensor].find((candidate) => reference.has(candidate));
    if (name !== undefined) schedule[option] = Array.from(reference.values(name));
  }
  return Object.keys(schedule).length === 0 ? spec : { ...spec, schedule };
}

/** The gradients of each step, after clipping; what clipping found is put into `produced`. */
function clipped<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  names: readonly string[],
  produced: Record<string, ArrayLike<number>>,
): Named<A>[] {
  const steps = reference.number("steps");
  const given = Array.from({ length: steps }, (_, step) =>
    named(names, (name) => {
      const values = reference.values(`gradient.${name}`);
      return engine.numbers(values.subarray((step * values.length) / steps, ((step + 1) * values.length) / steps));
    }),
  );
  const options = clipOptions(reference);
  if (options === undefined) return given;
  const results = given.map((gradients) => engine.subject.runClip(gradients, options));
  for (const name of names) {
    produced[`clipped_gradient.${name}`] = results.flatMap(({ gradients }) => Array.from(gradients[name]));
  }
  produced.total_norm = results.map(({ norm }) => norm);
  return results.map(({ gradients }) => gradients);
}

/** To go up is to go down with the gradients turned round. */
function turned<A extends Numbers>(gradients: Named<A>, { numbers }: Engine<A>): Named<A> {
  return named(Object.keys(gradients), (name) => numbers(gradients[name].map((value) => -value)));
}

function clipOptions(reference: ReferenceCase): Record<string, unknown> | undefined {
  const kind = reference.config.clip_kind;
  if (kind === undefined) return undefined;
  if (kind === "value") return { value: reference.number("clip_value") };
  const given = reference.config.norm_type;
  const order = given === "inf" ? Infinity : given;
  return { norm: reference.number("max_norm"), ...(order === 2 ? {} : { order }) };
}

function named<A extends Numbers>(names: readonly string[], make: (name: string) => A): Named<A> {
  return Object.fromEntries(names.map((name) => [name, make(name)]));
}
