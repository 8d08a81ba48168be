import type { Named, OptimizerSpec } from "../support/subjectContract.js";

/** Options of an update: numbers, and flags as 0 and 1. */
type Options = Readonly<Record<string, number>>;

/** One update of one element, with memory of its own between the steps. */
type Update = (value: number, gradient: number, options: Options) => number;

/**
 * Gradient descent in PyTorch's form: g ← g + decay · p, v ← momentum · v + g, p ← p − lr · v;
 * Nesterov's looks ahead: p ← p − lr · (g + momentum · v).
 */
function sgd(): Update {
  let velocity = 0;
  return (value, given, { learningRate, momentum = 0, nesterov = 0, weightDecay = 0 }) => {
    const gradient = given + weightDecay * value;
    velocity = momentum * velocity + gradient;
    return value - learningRate * (nesterov ? gradient + momentum * velocity : velocity);
  };
}

/**
 * Adam (Kingma & Ba 2015), algorithm 1, after g ← g + decay · p:
 *   m ← β1 m + (1 − β1) g      v ← β2 v + (1 − β2) g²
 *   p ← p − lr · (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + ε)
 */
function adam(): Update {
  let m = 0;
  let v = 0;
  let t = 0;
  return (value, given, { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }) => {
    const gradient = given + weightDecay * value;
    t += 1;
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient * gradient;
    return value - (learningRate * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  };
}

/** Every optimizer by its library name, with the options it knows. */
export const oracleOptimizers: Readonly<Record<string, { make: () => Update; options: readonly string[] }>> = {
  sgd: { make: sgd, options: ["learningRate", "momentum", "nesterov", "weightDecay"] },
  adam: { make: adam, options: ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"] },
};

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

/** All gradients together scaled down to a Euclidean norm of `norm`: factor norm / (found + 1e-6), at most 1. */
export function runClip(
  gradients: Named<Float64Array>,
  options: Readonly<Record<string, unknown>>,
): { norm: number; gradients: Named<Float64Array> } {
  const { norm, ...others } = options;
  if (typeof norm !== "number" || Object.keys(others).length > 0) {
    throw new Error(`the oracle clips by { norm } only, received ${JSON.stringify(options)}`);
  }
  const squares = Object.values(gradients).flatMap((values) => Array.from(values, (value) => value * value));
  const found = Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
  const factor = Math.min(1, norm / (found + 1e-6));
  return { norm: found, gradients: mapNamed(gradients, (_, values) => values.map((value) => value * factor)) };
}

function mapNamed(
  named: Named<Float64Array>,
  change: (name: string, values: Float64Array) => Float64Array,
): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(named).map(([name, values]) => [name, change(name, values)]));
}
