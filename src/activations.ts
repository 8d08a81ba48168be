import { ArgumentError } from "./errors.js";
import { MOST_FLOAT32, requireKnownOptions, requireNumber, requireOneOf } from "./shape.js";

/** One activation as the core knows it. */
interface Entry {
  /** Position in the `switch` of `assembly/activations.ts`. */
  readonly code: number;
  /** What its slope is computed from: the value f(x), unless it is the input x, which must then be kept. */
  readonly saves?: "value" | "input";
  /** Defaults; left out where the equation has no such letter, or it is 0. */
  readonly alpha?: number;
  readonly beta?: number;
  /** The least value of each parameter a caller may set. */
  readonly least?: { readonly alpha?: number; readonly beta?: number };
}

const unbounded = -3.4028234663852886e38;
/** The least positive normal float32: for parameters that are divided by. */
const positive = 1.1754943508222875e-38;

/** Every activation; the equations stand at `ActivationName`. */
export const activations = {
  linear: { code: 0 },
  affine: { code: 1, alpha: 1, least: { alpha: unbounded, beta: unbounded } },
  sigmoid: { code: 2 },
  tanh: { code: 3 },
  scaledTanh: { code: 4, alpha: 1, beta: 1, least: { alpha: positive, beta: unbounded } },
  relu: { code: 5 },
  leakyRelu: { code: 6, saves: "input", alpha: 0.01, least: { alpha: unbounded } },
  thresholdedRelu: { code: 7, alpha: 1, least: { alpha: 0 } },
  elu: { code: 8, alpha: 1, beta: 1, least: { alpha: 0 } },
  selu: { code: 8, alpha: 1.6732632423543772, beta: 1.0507009873554805, least: { alpha: 0, beta: positive } },
  hardSigmoid: { code: 9, alpha: 0.2, beta: 0.5, least: { alpha: unbounded, beta: unbounded } },
  hardTanh: { code: 10, alpha: -1, beta: 1, least: { alpha: unbounded, beta: unbounded } },
  relu6: { code: 10, beta: 6 },
  hardSwish: { code: 11, saves: "input", alpha: 0.16666666666666666, beta: 0.5 },
  softplus: { code: 12, beta: 1, least: { beta: positive } },
  softsign: { code: 13 },
  logSigmoid: { code: 14 },
  silu: { code: 15, saves: "input" },
  mish: { code: 16, saves: "input" },
  gelu: { code: 17, saves: "input" },
  geluTanh: { code: 18, saves: "input" },
  exp: { code: 19 },
} as const satisfies Record<string, Entry>;

/**
 * Name of an activation f, as configurations and files have it. α and β are the options `alpha` and `beta` of those that have a
 * default for them here. Defaults are ONNX's where ONNX has the parameter; PyTorch's hardsigmoid is
 * `{ type: "hardSigmoid", alpha: 1 / 6, beta: 0.5 }`, Keras' is the default.
 *
 * | name | f(x) | α | β |
 * |---|---|---|---|
 * | `linear` | x | | |
 * | `affine` | αx + β | 1 | 0 |
 * | `sigmoid` | 1 / (1 + e⁻ˣ) | | |
 * | `tanh` | tanh x | | |
 * | `scaledTanh` | α tanh βx | 1 | 1 |
 * | `relu` | max(x, 0) | | |
 * | `leakyRelu` | x > 0 ? x : αx | 0.01 | |
 * | `thresholdedRelu` | x > α ? x : 0 | 1 | |
 * | `elu` | x > 0 ? x : α (eˣ − 1) | 1 | |
 * | `selu` | β (x > 0 ? x : α (eˣ − 1)) | 1.67326 | 1.05070 |
 * | `hardSigmoid` | min(max(αx + β, 0), 1) | 0.2 | 0.5 |
 * | `hardTanh` | min(max(x, α), β) | −1 | 1 |
 * | `relu6` | min(max(x, 0), 6) | | |
 * | `hardSwish` | x min(max(x / 6 + 0.5, 0), 1) | | |
 * | `softplus` | ln(1 + e^(βx)) / β | | 1 |
 * | `softsign` | x / (1 + &#124;x&#124;) | | |
 * | `logSigmoid` | −ln(1 + e⁻ˣ) | | |
 * | `silu` | x σ(x) | | |
 * | `mish` | x tanh(ln(1 + eˣ)) | | |
 * | `gelu` | x Φ(x) | | |
 * | `geluTanh` | x σ(2 √(2/π) (x + 0.044715 x³)) | | |
 * | `exp` | eˣ | | |
 */
export type ActivationName = keyof typeof activations;

/** An activation in a configuration: its name, or its name with the parameters its equation has. */
export type Activation =
  | ActivationName
  | {
      /** Which activation. */
      readonly type: ActivationName;
      /** α of its equation; default in the table of `ActivationName`. */
      readonly alpha?: number;
      /** β of its equation; likewise. */
      readonly beta?: number;
    };

/** An activation with every number the core needs. */
export interface ResolvedActivation {
  readonly name: ActivationName;
  readonly code: number;
  readonly alpha: number;
  readonly beta: number;
  readonly saves: "value" | "input";
}

/** Says of a layer's output that an activation has made shares of 1 of it, if it has. */
export function squashing(choice: Activation): { readonly squashedBy?: "sigmoid" } {
  const name = typeof choice === "string" ? choice : choice.type;
  return name === "sigmoid" || name === "hardSigmoid" ? { squashedBy: "sigmoid" } : {};
}

/**
 * The code, parameters and needs of an activation.
 * @throws ArgumentError for an unknown name, an unknown or meaningless parameter, or one out of its range
 */
export function activation(choice: Activation): ResolvedActivation {
  const options = typeof choice === "string" ? { type: choice } : choice;
  const name = requireOneOf("activation", options?.type ?? choice, Object.keys(activations) as ActivationName[]);
  const { code, saves = "value", alpha = 0, beta = 0, least = {} }: Entry = activations[name];
  requireKnownOptions(`activation "${name}"`, options, ["type", ...Object.keys(least)]);
  const given = { alpha, beta };
  for (const letter of ["alpha", "beta"] as const) {
    const value = options[letter];
    if (value !== undefined)
      given[letter] = requireNumber(`${letter} of activation "${name}"`, value, least[letter], MOST_FLOAT32);
  }
  if (code === activations.hardTanh.code && given.alpha >= given.beta) {
    throw new ArgumentError(
      `activation "${name}" needs alpha (least value) below beta (most), received ${given.alpha} and ${given.beta}.`,
    );
  }
  return { name, code, saves, ...given };
}
