import type { Named, OptimizerSpec } from "../support/subjectContract.js";
import { oracleOptimizers, type Update } from "./optimizerRules.js";

/** An optimizer at work on named parameters in float64. */
export class OracleOptimizer {
  private readonly spec: OptimizerSpec;
  private readonly updates = new Map<string, Update[]>();
  private step = 0;

  constructor(spec: OptimizerSpec) {
    const known = oracleOptimizers[spec.name]?.options;
    if (known === undefined) throw new Error(`no float64 oracle for the optimizer "${spec.name}"`);
    const unknown = Object.keys({ ...spec.options, ...spec.schedule }).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`the oracle's ${spec.name} has no option ${unknown.join(", ")}`);
    this.spec = spec;
  }

  /** The parameters after one more step. */
  update(values: Named<Float64Array>, gradients: Named<Float64Array>): Record<string, Float64Array> {
    const options: Record<string, number> = {};
    for (const [name, value] of Object.entries(this.spec.options)) options[name] = Number(value);
    for (const [name, perStep] of Object.entries(this.spec.schedule ?? {})) options[name] = perStep[this.step];
    this.step += 1;
    return mapNamed(values, (name, parameter) => {
      const updates = this.updatesOf(name, parameter.length);
      return parameter.map((value, index) => updates[index](value, gradients[name][index], options));
    });
  }

  private updatesOf(name: string, count: number): Update[] {
    const found = this.updates.get(name) ?? Array.from({ length: count }, oracleOptimizers[this.spec.name].make);
    this.updates.set(name, found);
    return found;
  }
}

/** The parameters after each step on given gradients. */
export function runOptimizer(
  spec: OptimizerSpec,
  initial: Named<Float64Array>,
  gradients: readonly Named<Float64Array>[],
): Named<Float64Array>[] {
  const optimizer = new OracleOptimizer(spec);
  let values = initial;
  return gradients.map((gradient) => {
    values = optimizer.update(values, gradient);
    return values;
  });
}

/**
 * Clipping by `norm`: all gradients together scaled down to that Euclidean norm, factor norm / (found + 1e-6), at most 1.
 * By `value`: each brought into [−value, value].
 */
export function runClip(
  gradients: Named<Float64Array>,
  options: Readonly<Record<string, unknown>>,
): { norm: number; gradients: Named<Float64Array> } {
  const { norm, value, order = 2, ...others } = options;
  if ((norm === undefined) === (value === undefined) || Object.keys(others).length > 0) {
    throw new Error(`the oracle clips by { norm } or { value }, received ${JSON.stringify(options)}`);
  }
  const sizes = Object.values(gradients).flatMap((values) => Array.from(values, Math.abs));
  const power = order as number;
  const found =
    power === Infinity ? Math.max(...sizes) : sizes.reduce((sum, each) => sum + each ** power, 0) ** (1 / power);
  const factor = Math.min(1, (norm as number) / (found + 1e-6));
  const most = value as number;
  const clip = (each: number) => (value === undefined ? each * factor : Math.min(Math.max(each, -most), most));
  return { norm: found, gradients: mapNamed(gradients, (_, values) => values.map(clip)) };
}

function mapNamed(
  named: Named<Float64Array>,
  change: (name: string, values: Float64Array) => Float64Array,
): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(named).map(([name, values]) => [name, change(name, values)]));
}
