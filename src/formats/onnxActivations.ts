import type { Activation } from "../activations.js";
import { FormatError } from "../errors.js";
import type { OnnxNode } from "./onnxFile.js";
import { nodeTitle, numberOf, numbersOf, textOf, textsOf } from "./onnxNode.js";

type Letter = "alpha" | "beta";

/** An activation of ONNX: the library's name, and the parameters that it takes. */
interface Entry {
  readonly type: Extract<Activation, string>;
  readonly takes: readonly Letter[];
}

/** Functions of the recurrent operators, by their names without regard to case; defaults are those of the library. */
const FUNCTIONS: Readonly<Record<string, Entry>> = {
  affine: { type: "affine", takes: ["alpha", "beta"] },
  elu: { type: "elu", takes: ["alpha"] },
  hardsigmoid: { type: "hardSigmoid", takes: ["alpha", "beta"] },
  leakyrelu: { type: "leakyRelu", takes: ["alpha"] },
  relu: { type: "relu", takes: [] },
  scaledtanh: { type: "scaledTanh", takes: ["alpha", "beta"] },
  sigmoid: { type: "sigmoid", takes: [] },
  softplus: { type: "softplus", takes: [] },
  softsign: { type: "softsign", takes: [] },
  tanh: { type: "tanh", takes: [] },
  thresholdedrelu: { type: "thresholdedRelu", takes: ["alpha"] },
};

/** Operators that are an activation: attributes that they read, by name. */
export const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  Celu: ["alpha"],
  Elu: ["alpha"],
  Exp: [],
  Gelu: ["approximate"],
  HardSigmoid: ["alpha", "beta"],
  HardSwish: [],
  LeakyRelu: ["alpha"],
  LogSigmoid: [],
  Mish: [],
  Relu: [],
  Selu: ["alpha", "gamma"],
  Sigmoid: [],
  Softplus: [],
  Softsign: [],
  Tanh: [],
  ThresholdedRelu: ["alpha"],
};

function withParameters({ type, takes }: Entry, value: (letter: Letter) => number | undefined): Activation {
  const given = takes.flatMap((letter) => {
    const found = value(letter);
    return found === undefined ? [] : [[letter, found] as const];
  });
  return given.length === 0 ? type : { type, ...Object.fromEntries(given) };
}

/** The activation that an operator is; undefined for a `Celu` that is no `Elu`. */
export function activationOf(node: OnnxNode): Activation | undefined {
  if (node.operator === "Celu") return numberOf(node, "alpha", 1) === 1 ? "elu" : undefined;
  if (node.operator === "Exp") return "exp";
  if (node.operator === "Gelu") return textOf(node, "approximate", "none") === "tanh" ? "geluTanh" : "gelu";
  if (node.operator === "HardSwish") return "hardSwish";
  if (node.operator === "LogSigmoid") return "logSigmoid";
  if (node.operator === "Mish") return "mish";
  const given = (name: string) => (node.attributes.has(name) ? numberOf(node, name, 0) : undefined);
  if (node.operator === "Selu") {
    const [alpha, beta] = [given("alpha"), given("gamma")];
    return { type: "selu", ...(alpha === undefined ? {} : { alpha }), ...(beta === undefined ? {} : { beta }) };
  }
  return withParameters(FUNCTIONS[node.operator.toLowerCase()] as Entry, given);
}

/**
 * The functions of each direction of a recurrent operator. Values of `activation_alpha` and `activation_beta` go in order to
 * the functions that take one.
 * @param standard those of a direction, where the operator names none
 * @throws FormatError when there is no such function, or not one for each place
 */
export function gateActivations(node: OnnxNode, standard: readonly string[], directions: number): Activation[][] {
  const names = textsOf(node, "activations") ?? Array.from({ length: directions }, () => standard).flat();
  if (names.length !== standard.length * directions)
    throw new FormatError(`ONNX file: ${nodeTitle(node)} must name ${standard.length * directions} activations.`);
  const left = {
    alpha: [...(numbersOf(node, "activation_alpha") ?? [])],
    beta: [...(numbersOf(node, "activation_beta") ?? [])],
  };
  const choices = names.map((name) => {
    const entry = Object.hasOwn(FUNCTIONS, name.toLowerCase()) ? FUNCTIONS[name.toLowerCase()] : undefined;
    if (entry === undefined)
      throw new FormatError(`ONNX file: ${nodeTitle(node)} names an unknown activation ${name}.`);
    return withParameters(entry, (letter) => left[letter].shift());
  });
  return Array.from({ length: directions }, (_, direction) =>
    choices.slice(direction * standard.length, (direction + 1) * standard.length),
  );
}
