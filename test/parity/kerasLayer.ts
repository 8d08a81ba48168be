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
  lstm: { plain: "lstm", general: "lstmGeneral" },
};

/** Keras's `activation` is both that of the candidate and that of LSTM's output. */
function libraryCell(reference: ReferenceCase): { cell: string; options?: CellOptions } {
  const named = (key: string): ActivationChoice => activations[reference.text(key)] ?? reference.text(key);
  const name = reference.text("cell");
  const activation = named("activation");
  if (name === "simple_rnn") return { cell: "elman", options: { activation } };
  const { plain, general } = gatedCells[name];
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
 * Keras has one bias; the library's recurrent bias is 0 beside it.
 */
export function kerasRun<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  { prefix, reverse }: KerasSide,
  x: A,
): RecurrentRun<A> {
  const { theirs, ours } = orders(reference);
  const rows = (name: string): A => {
    const [inner, blocks = 1] = reference.shape(prefix + name);
    const values = reference.values(prefix + name);
    const transposed = name === "bias" ? values : permuted(values, [inner, blocks], [1, 0]);
    return engine.numbers(reordered(transposed, theirs, ours));
  };
  const bias = reference.has(`${prefix}bias`);
  const noBias = { weight_ih: rows("kernel"), weight_hh: rows("recurrent_kernel") };
  const zeros = (): A => engine.numbers(rows("bias").map(() => 0));
  const [batch, steps] = [reference.number("batch"), reference.number("seq_len")];
  return {
    ...libraryCell(reference),
    inputSize: x.length / (batch * steps),
    units: reference.number("units"),
    bias,
    reverse,
    weights: bias ? { ...noBias, bias_ih: rows("bias"), bias_hh: zeros() } : noBias,
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
  const bias = gradients.bias_ih;
  return {
    [`grad.${prefix}kernel`]: columns(gradients.weight_ih),
    [`grad.${prefix}recurrent_kernel`]: columns(gradients.weight_hh),
    ...(bias === undefined ? {} : { [`grad.${prefix}bias`]: reordered(bias, ours, theirs) }),
  };
}
