import type { ActivationChoice } from "../support/subjectContract.js";

/** ONNX's functions: the library's name, and the parameters that the function takes from the lists of the operator. */
const functions: Readonly<Record<string, { readonly type: string; readonly takes: readonly ("alpha" | "beta")[] }>> = {
  relu: { type: "relu", takes: [] },
  tanh: { type: "tanh", takes: [] },
  sigmoid: { type: "sigmoid", takes: [] },
  affine: { type: "affine", takes: ["alpha", "beta"] },
  leakyrelu: { type: "leakyRelu", takes: ["alpha"] },
  thresholdedrelu: { type: "thresholdedRelu", takes: ["alpha"] },
  scaledtanh: { type: "scaledTanh", takes: ["alpha", "beta"] },
  hardsigmoid: { type: "hardSigmoid", takes: ["alpha", "beta"] },
  elu: { type: "elu", takes: ["alpha"] },
  softsign: { type: "softsign", takes: [] },
  softplus: { type: "softplus", takes: [] },
};

/** The functions of each operator and direction when it names none. */
const standard: Readonly<Record<string, readonly string[]>> = {
  RNN: ["Tanh"],
  GRU: ["Sigmoid", "Tanh"],
  LSTM: ["Sigmoid", "Tanh", "Tanh"],
};

/**
 * The functions of each direction of an operator, [directions][functions]. Values of `activation_alpha` and
 * `activation_beta` go in order to the functions that take one; the library's defaults, which are ONNX's, stand for the rest.
 */
export function onnxActivations(
  operator: string,
  directions: number,
  config: Readonly<Record<string, unknown>>,
): ActivationChoice[][] {
  const perDirection = standard[operator].length;
  const names = (config.activations ?? Array(directions).fill(standard[operator]).flat()) as readonly string[];
  const left = { alpha: attributes(config.activation_alpha), beta: attributes(config.activation_beta) };
  const choices = names.map((name): ActivationChoice => {
    const { type, takes } = functions[name.toLowerCase()];
    const given = takes.filter((letter) => left[letter].length > 0);
    return given.length === 0
      ? type
      : { type, ...Object.fromEntries(given.map((letter) => [letter, left[letter].shift()])) };
  });
  return Array.from({ length: directions }, (_, index) =>
    choices.slice(index * perDirection, (index + 1) * perDirection),
  );
}

/** Attributes of an operator are float32. */
function attributes(values: unknown): number[] {
  return ((values ?? []) as readonly number[]).map(Math.fround);
}
