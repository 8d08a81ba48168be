/** Options of an update: numbers, and flags as 0 and 1. */
type Options = Readonly<Record<string, number>>;

/** One update of one element, with memory of its own between the steps. */
export type Update = (value: number, gradient: number, options: Options) => number;

/**
 * Gradient descent in PyTorch's form: g ← g + decay · p, v ← momentum · v + (1 − dampening) · g, p ← p − lr · v; the first
 * v is g. Nesterov's looks ahead: p ← p − lr · (g + momentum · v).
 */
function sgd(): Update {
  let velocity: number | undefined;
  return (value, given, { learningRate, momentum = 0, dampening = 0, nesterov = 0, weightDecay = 0 }) => {
    const gradient = given + weightDecay * value;
    velocity = velocity === undefined ? gradient : momentum * velocity + (1 - dampening) * gradient;
    return value - learningRate * (nesterov ? gradient + momentum * velocity : velocity);
  };
}

/** How Adam and its kin tell what they remember, and what they make of it. */
interface Moments {
  readonly t: number;
  readonly m: number;
  readonly v: number;
}

/** m ← β1 m + (1 − β1) g, v ← β2 v + (1 − β2) g² */
function moments(): (gradient: number, beta1: number, beta2: number) => Moments {
  let [t, m, v] = [0, 0, 0];
  return (gradient, beta1, beta2) => {
    t += 1;
    m = beta1 * m + (1 - beta1) * gradient;
    v = beta2 * v + (1 - beta2) * gradient * gradient;
    return { t, m, v };
  };
}

/**
 * Adam (Kingma & Ba 2015), algorithm 1, after g ← g + decay · p:
 *   p ← p − lr · (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + ε), AMSGrad with the largest v so far
 */
function adam(): Update {
  const next = moments();
  let largest = 0;
  return (value, given, options) => {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, amsgrad = 0 } = options;
    const { t, m, v } = next(given + weightDecay * value, beta1, beta2);
    largest = Math.max(largest, v);
    const used = amsgrad ? largest : v;
    return value - (learningRate * (m / (1 - beta1 ** t))) / (Math.sqrt(used / (1 - beta2 ** t)) + epsilon);
  };
}

/** AdamW (Loshchilov & Hutter 2019): p ← p − lr · decay · p, then Adam on the gradient as it is. */
function adamW(): Update {
  const update = adam();
  return (value, gradient, { weightDecay = 0.01, ...options }) =>
    update(value * (1 - options.learningRate * weightDecay), gradient, { ...options, weightDecay: 0 });
}

/**
 * NAdam (Dozat 2016), μ_t = β1 (1 − 0.96^(tψ) / 2), M_t = Π μ_1 … μ_t:
 *   p ← p − lr · (μ_{t+1} m / (1 − M_{t+1}) + (1 − μ_t) g / (1 − M_t)) / (√(v / (1 − β2ᵗ)) + ε)
 */
function nadam(): Update {
  const next = moments();
  let product = 1;
  return (value, given, options) => {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, momentumDecay = 4e-3 } = options;
    const gradient = given + weightDecay * value;
    const { t, m, v } = next(gradient, beta1, beta2);
    const mu = (step: number) => beta1 * (1 - 0.5 * 0.96 ** (step * momentumDecay));
    product *= mu(t);
    const ahead = (mu(t + 1) * m) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * gradient) / (1 - product);
    return value - (learningRate * ahead) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
  };
}

/** RAdam (Liu et al. 2020), algorithm 2; the division only where ρ_t > 5, as PyTorch has it. */
function radam(): Update {
  const next = moments();
  return (value, given, { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }) => {
    const { t, m, v } = next(given + weightDecay * value, beta1, beta2);
    const most = 2 / (1 - beta2) - 1;
    const rho = most - (2 * t * beta2 ** t) / (1 - beta2 ** t);
    const mean = m / (1 - beta1 ** t);
    if (rho <= 5) return value - learningRate * mean;
    const r = Math.sqrt(((rho - 4) * (rho - 2) * most) / ((most - 4) * (most - 2) * rho));
    return value - (learningRate * mean * r * Math.sqrt(1 - beta2 ** t)) / (Math.sqrt(v) + epsilon);
  };
}

/** Adamax (Kingma & Ba 2015, algorithm 2): u ← max(β2 u, |g| + ε), p ← p − lr · m / (1 − β1ᵗ) / u */
function adamax(): Update {
  const next = moments();
  let u = 0;
  return (value, given, { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 }) => {
    const gradient = given + weightDecay * value;
    const { t, m } = next(gradient, beta1, beta2);
    u = Math.max(beta2 * u, Math.abs(gradient) + epsilon);
    return value - (learningRate * m) / (1 - beta1 ** t) / u;
  };
}

/** RMSProp (Tieleman & Hinton 2012): v ← α v + (1 − α) g², u ← momentum · u + g / (√(v − m²) + ε), m only where centred. */
function rmsprop(): Update {
  let [m, v, u] = [0, 0, 0];
  return (value, given, options) => {
    const { learningRate, alpha = 0.99, epsilon = 1e-8, momentum = 0, centered = 0, weightDecay = 0 } = options;
    const gradient = given + weightDecay * value;
    v = alpha * v + (1 - alpha) * gradient * gradient;
    m = alpha * m + (1 - alpha) * gradient;
    u = momentum * u + gradient / (Math.sqrt(centered ? v - m * m : v) + epsilon);
    return value - learningRate * u;
  };
}

/** Adagrad (Duchi et al. 2011): s ← s + g², p ← p − lr / (1 + (t − 1) lrDecay) · g / (√s + ε) */
function adagrad(): Update {
  let [t, s] = [0, 0];
  return (value, given, options) => {
    const { learningRate, learningRateDecay = 0, initialSum = 0, epsilon = 1e-10, weightDecay = 0 } = options;
    const gradient = given + weightDecay * value;
    s += gradient * gradient;
    t += 1;
    const rate = learningRate / (1 + (t - 1) * learningRateDecay);
    return value - (rate * gradient) / (Math.sqrt(s + initialSum) + epsilon);
  };
}

/** Adadelta (Zeiler 2012), algorithm 1: x = √(u + ε) / √(v + ε) · g, u and v the mean squares of x and g. */
function adadelta(): Update {
  let [u, v] = [0, 0];
  return (value, given, { learningRate, rho = 0.9, epsilon = 1e-6, weightDecay = 0 }) => {
    const gradient = given + weightDecay * value;
    v = rho * v + (1 - rho) * gradient * gradient;
    const step = (Math.sqrt(u + epsilon) / Math.sqrt(v + epsilon)) * gradient;
    u = rho * u + (1 - rho) * step * step;
    return value - learningRate * step;
  };
}

/** Lion (Chen et al. 2023), algorithm 2, with decoupled decay. */
function lion(): Update {
  let m = 0;
  return (value, gradient, { learningRate, beta1 = 0.9, beta2 = 0.99, weightDecay = 0 }) => {
    const direction = Math.sign(beta1 * m + (1 - beta1) * gradient);
    m = beta2 * m + (1 - beta2) * gradient;
    return value * (1 - learningRate * weightDecay) - learningRate * direction;
  };
}

const common = ["learningRate", "weightDecay"];
const adams = [...common, "beta1", "beta2", "epsilon"];

/** Every optimizer by its library name, with the options it knows. */
export const oracleOptimizers: Readonly<Record<string, { make: () => Update; options: readonly string[] }>> = {
  adadelta: { make: adadelta, options: [...common, "rho", "epsilon"] },
  adagrad: { make: adagrad, options: [...common, "learningRateDecay", "initialSum", "epsilon"] },
  adam: { make: adam, options: [...adams, "amsgrad"] },
  adamax: { make: adamax, options: adams },
  adamW: { make: adamW, options: [...adams, "amsgrad"] },
  lion: { make: lion, options: [...common, "beta1", "beta2"] },
  nadam: { make: nadam, options: [...adams, "momentumDecay"] },
  radam: { make: radam, options: adams },
  rmsprop: { make: rmsprop, options: [...common, "alpha", "epsilon", "momentum", "centered"] },
  sgd: { make: sgd, options: [...common, "momentum", "dampening", "nesterov"] },
};
