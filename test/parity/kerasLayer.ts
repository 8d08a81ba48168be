import type { ReferenceCase } from "../support/fixtures.js";
import type { ActivationChoice, CellOptions, Named, Numbers, RecurrentRun } from "../support/subjectContract.js";
import { permuted } from "./axes.js";
import type { Engine } from "./engine.js";
import { gateOrders, libraryGates, reordered } from "./gateOrders.js";

/** One direction of a layer. */
export interface KerasSide {
  /** Of its tensors: "", or "forward." and "backward." in a bidirectional layer. */
  readonly prefix: string;
  /** Whether it reads each sequence from its end. */
  readonly reverse: boolean;
}

/** The directions of a case. */
export function kerasSides({ config }: ReferenceCase): readonly KerasSide[] {
  const reverse = config.goBackwards === true;
  if (config.bidirectional !== true) return [{ prefix: "", reverse }];
  return [
    { prefix: "forward.", reverse },
    { prefix: "backward.", reverse: !reverse },
  ];
}

/** Names of the states of a case: of the tensors given, and of those expected. */
export function kerasStates(reference: ReferenceCase): { initial: readonly string[]; final: readonly string[] } {
  const count = reference.text("cell") === "lstm" ? 2 : 1;
  return { initial: ["h0", "c0"].slice(0, count), final: ["h_n", "c_n"].slice(0, count) };
}

/** Keras's names that are not the library's; its hard sigmoid is min(max(0.2 x + 0.5, 0), 1). */
const activations: Readonly<Record<string, ActivationChoice>> = {
  hardSigmoid: { type: "hardSigmoid", alpha: 0.2, beta: 0.5 },
  hard_sigmoid: { type: "hardSigmoid", alpha: 0.2, beta: 0.5 },
  swish: "silu",
};

/** The library's cells: with fixed functions, and general ones with functions to choose. */
const gatedCells: Readonly<Record<string, { readonly plain: string; readonly general: string }>> = {
  gru: { plain: "gruResetBefore", general: "gruResetBeforeGeneral" },
  gruResetAfter: { plain: "gru", general: "gruGeneral" },
  lstm: { plain: "lstm", general: "lstmGeneral" },
};

/** Keras's GRU of `reset_after=True`: the reset gate comes after the product, and there are two biases. */
function isResetAfter({ config }: ReferenceCase): boolean {
  return config.cell === "gru" && (config.resetAfter === true || config.reset_after === true);
}

/** Keras's `activation` is both that of the candidate and that of LSTM's output. */
function libraryCell(reference: ReferenceCase): { cell: string; options?: CellOptions } {
  const named = (key: string): ActivationChoice => activations[reference.text(key)] ?? reference.text(key);
  const name = reference.text("cell");
  const activation = named("activation");
  if (name === "simple_rnn") return { cell: "elman", options: { activation } };
  const { plain, general } = gatedCells[isResetAfter(reference) ? "gruResetAfter" : name];
  const gateActivation = named("recurrentActivation");
  if (gateActivation === "sigmoid" && activation === "tanh") return { cell: plain };
  const output = name === "lstm" ? { outputActivation: activation } : {};
  return { cell: general, options: { gateActivation, candidateActivation: activation, ...output } };
}

/** The gate orders of a case: Keras's and the library's. */
function orders(reference: ReferenceCase): { theirs: readonly string[]; ours: readonly string[] } {
  const name = reference.text("cell") as keyof typeof gateOrders.keras;
  return { theirs: gateOrders.keras[name], ours: libraryGates(libraryCell(reference).cell) };
}

/**
 * The run of one direction on a given input [B, T, D], without lengths, states and derivatives.
 * Keras has one bias, beside which the library's recurrent bias is 0; with `reset_after` it has both, [2, 3·H].
 */
export function kerasRun<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  { prefix, reverse }: KerasSide,
  x: A,
): RecurrentRun<A> {
  const { theirs, ours } = orders(reference);
  const inOrder = (values: ArrayLike<number>): A => engine.numbers(reordered(values, theirs, ours));
  const rows = (name: string): A => {
    const [inner, columns] = reference.shape(prefix + name);
    return inOrder(permuted(reference.values(prefix + name), [inner, columns], [1, 0]));
  };
  const bias = reference.has(`${prefix}bias`);
  const noBias = { weight_ih: rows("kernel"), weight_hh: rows("recurrent_kernel") };
  const biases = (): Named<A> => {
    const values = Float64Array.from(reference.values(`${prefix}bias`));
    const own = theirs.length * reference.number("units");
    const recurrent = isResetAfter(reference) ? values.subarray(own) : new Float64Array(own);
    return { bias_ih: inOrder(values.subarray(0, own)), bias_hh: inOrder(recurrent) };
  };
  const [batch, steps] = [reference.number("batch"), reference.number("seq_len")];
  return {
    ...libraryCell(reference),
    inputSize: x.length / (batch * steps),
    units: reference.number("units"),
    bias,
    reverse,
    weights: bias ? { ...noBias, ...biases() } : noBias,
    x,
    batch,
    steps,
  };
}

/** Derivatives by the library's parameters as those by Keras's, under the names of the file. */
export function kerasGradients<A extends Numbers>(
  reference: ReferenceCase,
  { prefix }: KerasSide,
  gradients: Named<A>,
): Record<string, ArrayLike<number>> {
  const { theirs, ours } = orders(reference);
  const columns = (values: A): Float64Array => {
    const total = theirs.length * reference.number("units");
    return permuted(reordered(values, ours, theirs), [total, values.length / total], [1, 0]);
  };
  const { bias_ih: bias, bias_hh: recurrentBias } = gradients;
  const biases = isResetAfter(reference) ? [bias, recurrentBias] : [bias];
  const inOrder = (values: A): number[] => Array.from(reordered(values, ours, theirs));
  return {
    [`grad.${prefix}kernel`]: columns(gradients.weight_ih),
    [`grad.${prefix}recurrent_kernel`]: columns(gradients.weight_hh),
    ...(bias === undefined ? {} : { [`grad.${prefix}bias`]: biases.flatMap(inOrder) }),
  };
}
