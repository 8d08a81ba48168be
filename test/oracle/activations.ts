import type { ActivationChoice } from "../support/subjectContract.js";
import { complementaryErrorFunction } from "./errorFunction.js";

/** A function of one number and its derivative; alpha and beta are the parameters of those that have them. */
export interface OracleActivation {
  readonly value: (x: number, alpha: number, beta: number) => number;
  readonly derivative: (x: number, alpha: number, beta: number) => number;
  /** Defaults: ONNX's where ONNX has the function. */
  readonly alpha?: number;
  readonly beta?: number;
}

const sigma = (x: number): number => 1 / (1 + Math.exp(-x));
/** log(1 + e^x) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** 1 − tanh²x without cancellation. */
const tanhSlope = (x: number): number => 1 / Math.cosh(x) ** 2;
/** Normal distribution: probability below x, and density. */
const normal = (x: number): number => complementaryErrorFunction(-x / Math.SQRT2) / 2;
const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
/** x · y where the limit is 0 although x is infinite. */
const fading = (x: number, y: number): number => (y === 0 ? 0 : x * y);
const clip = (x: number, least: number, most: number): number =>
  Number.isNaN(x) ? x : Math.min(Math.max(x, least), most);

/** Inner argument of the tanh form of GELU and its derivative. */
const geluInner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const geluInnerSlope = (x: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);

/** Every activation by its library name, in float64. Derivatives at kinks follow PyTorch. */
export const oracleActivations: Readonly<Record<string, OracleActivation>> = {
  linear: { value: (x) => x, derivative: () => 1 },
  affine: { value: (x, alpha, beta) => alpha * x + beta, derivative: (_x, alpha) => alpha, alpha: 1, beta: 0 },
  sigmoid: { value: sigma, derivative: (x) => sigma(x) * sigma(-x) },
  logSigmoid: { value: (x) => -softplus(-x), derivative: (x) => sigma(-x) },
  tanh: { value: Math.tanh, derivative: tanhSlope },
  scaledTanh: {
    value: (x, alpha, beta) => alpha * Math.tanh(beta * x),
    derivative: (x, alpha, beta) => alpha * beta * tanhSlope(beta * x),
    alpha: 1,
    beta: 1,
  },
  hardTanh: {
    value: (x, alpha, beta) => clip(x, alpha, beta),
    derivative: (x, alpha, beta) => (x > alpha && x < beta ? 1 : 0),
    alpha: -1,
    beta: 1,
  },
  hardSigmoid: {
    value: (x, alpha, beta) => clip(alpha * x + beta, 0, 1),
    derivative: (x, alpha, beta) => (alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0),
    alpha: 0.2,
    beta: 0.5,
  },
  hardSwish: {
    value: (x) => fading(x, clip(x / 6 + 0.5, 0, 1)),
    derivative: (x) => (x < -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1),
  },
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) },
  relu6: { value: (x) => clip(x, 0, 6), derivative: (x) => (x > 0 && x < 6 ? 1 : 0) },
  leakyRelu: {
    value: (x, alpha) => (x > 0 ? x : alpha * x),
    derivative: (x, alpha) => (x > 0 ? 1 : alpha),
    alpha: 0.01,
  },
  thresholdedRelu: {
    value: (x, alpha) => (x > alpha ? x : 0),
    derivative: (x, alpha) => (x > alpha ? 1 : 0),
    alpha: 1,
  },
  elu: {
    value: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: (x, alpha) => (x > 0 ? 1 : alpha * Math.exp(x)),
    alpha: 1,
  },
  selu: {
    value: (x, alpha, beta) => beta * (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: (x, alpha, beta) => beta * (x > 0 ? 1 : alpha * Math.exp(x)),
    alpha: 1.6732632423543772,
    beta: 1.0507009873554805,
  },
  softplus: {
    value: (x, _alpha, beta) => softplus(beta * x) / beta,
    derivative: (x, _alpha, beta) => sigma(beta * x),
    beta: 1,
  },
  exp: { value: Math.exp, derivative: Math.exp },
  softsign: {
    value: (x) => (Math.abs(x) === Infinity ? Math.sign(x) : x / (1 + Math.abs(x))),
    derivative: (x) => 1 / (1 + Math.abs(x)) ** 2,
  },
  silu: {
    value: (x) => fading(x, sigma(x)),
    derivative: (x) => sigma(x) + fading(x, sigma(x) * sigma(-x)),
  },
  gelu: {
    value: (x) => fading(x, normal(x)),
    derivative: (x) => normal(x) + fading(x, density(x)),
  },
  geluTanh: {
    value: (x) => fading(x, (1 + Math.tanh(geluInner(x))) / 2),
    derivative: (x) => (1 + Math.tanh(geluInner(x))) / 2 + fading(x * geluInnerSlope(x), tanhSlope(geluInner(x)) / 2),
  },
  mish: {
    value: (x) => fading(x, Math.tanh(softplus(x))),
    derivative: (x) => Math.tanh(softplus(x)) + fading(x, tanhSlope(softplus(x)) * sigma(x)),
  },
};

/** The activation with its parameters set, or an error that says where to write it. */
export function oracleActivation(choice: ActivationChoice): {
  value: (x: number) => number;
  derivative: (x: number) => number;
} {
  const { type, alpha, beta }: Exclude<ActivationChoice, string> =
    typeof choice === "string" ? { type: choice } : choice;
  const found = oracleActivations[type];
  if (found === undefined) {
    throw new Error(`no float64 oracle for the activation "${type}": add it to test/oracle/activations.ts.`);
  }
  const a = alpha ?? found.alpha ?? 0;
  const b = beta ?? found.beta ?? 0;
  return { value: (x) => found.value(x, a, b), derivative: (x) => found.derivative(x, a, b) };
}
