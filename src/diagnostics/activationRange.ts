import { type Activation, type ActivationName, activation } from "../activations.js";

const none = Infinity;

/** Least and largest value of each activation by its α and β; infinite where it has no bound. */
const ranges: Readonly<Record<ActivationName, (alpha: number, beta: number) => readonly [number, number]>> = {
  linear: () => [-none, none],
  affine: () => [-none, none],
  sigmoid: () => [0, 1],
  tanh: () => [-1, 1],
  scaledTanh: (alpha) => [-alpha, alpha],
  relu: () => [0, none],
  leakyRelu: () => [-none, none],
  thresholdedRelu: () => [0, none],
  elu: (alpha, beta) => [-alpha * beta, none],
  selu: (alpha, beta) => [-alpha * beta, none],
  hardSigmoid: () => [0, 1],
  hardTanh: (alpha, beta) => [alpha, beta],
  relu6: (alpha, beta) => [alpha, beta],
  // Those that dip below 0 go back to it: far below, 0 is where no gradient passes.
  hardSwish: () => [0, none],
  softplus: () => [0, none],
  softsign: () => [-1, 1],
  logSigmoid: () => [-none, 0],
  silu: () => [0, none],
  mish: () => [0, none],
  gelu: () => [0, none],
  geluTanh: () => [0, none],
  exp: () => [0, none],
};

/** The bounds that an activation's values come near where its slope vanishes; infinite where there is none. */
export function rangeOf(choice: Activation): readonly [low: number, high: number] {
  const { name, alpha, beta } = activation(choice);
  return ranges[name](alpha, beta);
}
