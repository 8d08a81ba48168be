import { ArgumentError } from "./errors.js";
import { describe, requireKnownOptions, requireNumber } from "./shape.js";

/** One activation as the core knows it. */
interface Entry {
  /** Position in the `switch` of `assembly/activations.ts`. */
  readonly code: number;
  /** f(x), with α = alpha and β = beta. */
  readonly equation: string;
  /** What its slope is computed from: the value f(x), or the input x, which must then be kept. */
  readonly saves: "value" | "input";
  /** Defaults; 0 where the equation has no such letter. */
  readonly alpha: number;
  readonly beta: number;
  /** The least value of each parameter a caller may set. */
  readonly least?: { readonly alpha?: number; readonly beta?: number };
}

const unbounded = -Infinity;
/** The least positive normal float32: for parameters that are divided by. */
const positive = 1.1754943508222875e-38;

/**
 * Every activation by name. Defaults are ONNX's where ONNX has the parameter; PyTorch's hardsigmoid is
 * `{ type: "hardSigmoid", alpha: 1 / 6, beta: 0.5 }`, Keras' is the default.
 */
export const activations = {
  linear: { code: 0, saves: "value", alpha: 0, beta: 0, equation: "x" },
  affine: {
    code: 1,
    saves: "value",
    alpha: 1,
    beta: 0,
    equation: "αx + β",
    least: { alpha: unbounded, beta: unbounded },
  },
  sigmoid: { code: 2, saves: "value", alpha: 0, beta: 0, equation: "1 / (1 + e⁻ˣ)" },
  tanh: { code: 3, saves: "value", alpha: 0, beta: 0, equation: "tanh x" },
  scaledTanh: {
    code: 4,
    saves: "value",
    alpha: 1,
    beta: 1,
    equation: "α tanh βx",
    least: { alpha: positive, beta: unbounded },
  },
  relu: { code: 5, saves: "value", alpha: 0, beta: 0, equation: "max(x, 0)" },
  leakyRelu: { code: 6, saves: "value", alpha: 0.01, beta: 0, equation: "x > 0 ? x : αx", least: { alpha: 0 } },
  thresholdedRelu: { code: 7, saves: "value", alpha: 1, beta: 0, equation: "x > α ? x : 0", least: { alpha: 0 } },
  elu: { code: 8, saves: "value", alpha: 1, beta: 1, equation: "x > 0 ? x : α (eˣ − 1)", least: { alpha: 0 } },
  selu: {
    code: 8,
    saves: "value",
    alpha: 1.6732632423543772,
    beta: 1.0507009873554805,
    equation: "β (x > 0 ? x : α (eˣ − 1))",
    least: { alpha: 0, beta: positive },
  },
  hardSigmoid: {
    code: 9,
    saves: "value",
    alpha: 0.2,
    beta: 0.5,
    equation: "min(max(αx + β, 0), 1)",
    least: { alpha: unbounded, beta: unbounded },
  },
  hardTanh: {
    code: 10,
    saves: "value",
    alpha: -1,
    beta: 1,
    equation: "min(max(x, α), β)",
    least: { alpha: unbounded, beta: unbounded },
  },
  relu6: { code: 10, saves: "value", alpha: 0, beta: 6, equation: "min(max(x, 0), 6)" },
  hardSwish: { code: 11, saves: "input", alpha: 0.16666666666666666, beta: 0.5, equation: "x min(max(αx + β, 0), 1)" },
  softplus: { code: 12, saves: "value", alpha: 0, beta: 1, equation: "ln(1 + e^(βx)) / β", least: { beta: positive } },
  softsign: { code: 13, saves: "value", alpha: 0, beta: 0, equation: "x / (1 + |x|)" },
  logSigmoid: { code: 14, saves: "value", alpha: 0, beta: 0, equation: "−ln(1 + e⁻ˣ)" },
  silu: { code: 15, saves: "input", alpha: 0, beta: 0, equation: "x σ(x)" },
  mish: { code: 16, saves: "input", alpha: 0, beta: 0, equation: "x tanh(ln(1 + eˣ))" },
  gelu: { code: 17, saves: "input", alpha: 0, beta: 0, equation: "x Φ(x)" },
  geluTanh: { code: 18, saves: "input", alpha: 0, beta: 0, equation: "x σ(2 √(2/π) (x + 0.044715 x³))" },
} as const satisfies Record<string, Entry>;

export type ActivationName = keyof typeof activations;

/** An activation in a configuration: its name, or its name with the parameters its equation has. */
export type Activation =
  | ActivationName
  | { readonly type: ActivationName; readonly alpha?: number; readonly beta?: number };

/** An activation with every number the core needs. */
export interface ResolvedActivation {
  readonly name: ActivationName;
  readonly code: number;
  readonly alpha: number;
  readonly beta: number;
  readonly saves: "value" | "input";
}

/**
 * The code, parameters and needs of an activation.
 * @throws ArgumentError for an unknown name, an unknown or meaningless parameter, or one out of its range
 */
export function activation(choice: Activation): ResolvedActivation {
  const options = typeof choice === "string" ? { type: choice } : choice;
  const name = requireName(options?.type ?? choice);
  const { code, saves, alpha, beta, least = {} }: Entry = activations[name];
  requireKnownOptions(`activation "${name}"`, options, ["type", ...Object.keys(least)]);
  const given = { alpha, beta };
  for (const letter of ["alpha", "beta"] as const) {
    const value = options[letter];
    if (value !== undefined) given[letter] = requireNumber(`${letter} of activation "${name}"`, value, least[letter]);
  }
  if (code === activations.hardTanh.code && given.alpha >= given.beta) {
    throw new ArgumentError(
      `activation "${name}" needs alpha (least value) below beta (most), received ${given.alpha} and ${given.beta}.`,
    );
  }
  return { name, code, saves, ...given };
}

function requireName(type: unknown): ActivationName {
  if (typeof type === "string" && Object.hasOwn(activations, type)) return type as ActivationName;
  throw new ArgumentError(
    `activation must be one of ${Object.keys(activations).join(", ")}, received ${describe(type)}.`,
  );
}
