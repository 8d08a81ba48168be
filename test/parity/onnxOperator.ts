import type { ReferenceCase } from "../support/fixtures.js";
import type { ActivationChoice, CellOptions, Named, Numbers, RecurrentRun } from "../support/subjectContract.js";
import { partOfFirst, permuted, stacked } from "./axes.js";
import type { Engine } from "./engine.js";
import { gateOrders, libraryGates, libraryPeepholes, onnxPeepholes, reordered } from "./gateOrders.js";
import { onnxActivations } from "./onnxActivations.js";

/** Axes of the operator's data in the library's order: layout 0 is time-major, layout 1 batch-major. */
const layouts = [
  // X [T, B, D] ↔ [B, T, D]; Y [T, N, B, H] ↔ [N, B, T, H]; states [N, B, H] as they are
  { input: [1, 0, 2], toOutput: [2, 0, 1, 3], fromOutput: [1, 2, 0, 3], state: [0, 1, 2] },
  // X [B, T, D] as it is; Y [B, T, N, H] ↔ [N, B, T, H]; states [B, N, H] ↔ [N, B, H]
  { input: [0, 1, 2], toOutput: [1, 2, 0, 3], fromOutput: [2, 0, 1, 3], state: [1, 0, 2] },
] as const;

/** An RNN, GRU or LSTM operator as its case describes it. N directions. */
export interface OnnxOperator {
  readonly reference: ReferenceCase;
  readonly operator: keyof typeof gateOrders.onnx;
  readonly directions: number;
  readonly batch: number;
  readonly steps: number;
  readonly units: number;
  readonly layout: (typeof layouts)[number];
}

export function readOperator(reference: ReferenceCase): OnnxOperator {
  return {
    reference,
    operator: reference.text("op") as OnnxOperator["operator"],
    directions: reference.shape("W")[0],
    batch: reference.number("batch"),
    steps: reference.number("seq_len"),
    units: reference.number("hidden_size"),
    layout: layouts[reference.config.layout === 1 ? 1 : 0],
  };
}

/** X, or anything of its shape, as [B, T, D]; the same exchange of axes leads back. */
export function inputAxes(
  { reference, layout, batch, steps }: OnnxOperator,
  values: ArrayLike<number>,
  isBack = false,
) {
  const shape = isBack ? [batch, steps, values.length / (batch * steps)] : reference.shape("X");
  return permuted(values, shape, layout.input);
}

/** [B, T, H] of each direction as the file has Y. */
export function toOutput({ layout, directions, batch, steps, units }: OnnxOperator, outputs: readonly Numbers[]) {
  return permuted(stacked(outputs), [directions, batch, steps, units], layout.toOutput);
}

/** Undoes it. */
export function fromOutput({ reference, layout, directions }: OnnxOperator, name: string): Float64Array[] {
  const inOrder = permuted(reference.values(name), reference.shape(name), layout.fromOutput);
  return Array.from({ length: directions }, (_, direction) => partOfFirst(inOrder, direction, directions));
}

/** [B, H] of each direction as the file has its states. */
export function toState({ layout, directions, batch, units }: OnnxOperator, states: readonly Numbers[]) {
  return permuted(stacked(states), [directions, batch, units], layout.state);
}

/** The [B, H] of one direction; zeros when the file has no such tensor. */
export function fromState(operator: OnnxOperator, name: string, direction: number): Float64Array {
  const { reference, layout, directions, batch, units } = operator;
  if (!reference.has(name)) return new Float64Array(batch * units);
  return partOfFirst(permuted(reference.values(name), reference.shape(name), layout.state), direction, directions);
}

/** Names of the states of an operator: those given and those that come out. */
export function stateNames({ operator }: OnnxOperator): { initial: readonly string[]; final: readonly string[] } {
  const count = operator === "LSTM" ? 2 : 1;
  return { initial: ["initial_h", "initial_c"].slice(0, count), final: ["Y_h", "Y_c"].slice(0, count) };
}

/** The library's cell with the options that the operator needs; the plain one where it needs none. */
function libraryCell(
  { reference, operator, directions }: OnnxOperator,
  direction: number,
): Pick<RecurrentRun<Numbers>, "cell" | "options"> {
  const { config } = reference;
  const [f, g, h] = onnxActivations(operator, directions, config)[direction] as [
    ActivationChoice,
    ActivationChoice,
    ActivationChoice,
  ];
  const clip = typeof config.clip === "number" ? { clip: Math.fround(config.clip) } : {};
  if (operator === "RNN") return { cell: "elman", options: { activation: f, ...clip } };
  const gates: CellOptions = { gateActivation: f, candidateActivation: g, ...clip };
  const isPlain = f === "sigmoid" && g === "tanh" && config.clip === undefined;
  if (operator === "GRU") {
    const cell = config.linear_before_reset === 1 ? "gru" : "gruResetBefore";
    return isPlain ? { cell } : { cell: `${cell}General`, options: gates };
  }
  const peepholes = reference.has("P");
  const options = { ...gates, outputActivation: h, peepholes };
  if (config.input_forget === 1) return { cell: "lstmCoupled", options };
  return isPlain && h === "tanh" && !peepholes ? { cell: "lstm" } : { cell: "lstmGeneral", options };
}

/** The run of one direction, without derivatives. */
export function operatorRun<A extends Numbers>(
  operator: OnnxOperator,
  engine: Engine<A>,
  direction: number,
): RecurrentRun<A> {
  const { reference, units, batch, steps } = operator;
  const names = stateNames(operator).initial;
  return {
    ...libraryCell(operator, direction),
    inputSize: reference.shape("X")[2],
    units,
    bias: reference.has("B"),
    reverse: direction === 1 || reference.text("direction") === "reverse",
    weights: operatorWeights(operator, engine, direction),
    x: engine.numbers(inputAxes(operator, reference.values("X"))),
    batch,
    steps,
    ...(reference.has("sequence_lens") ? { lengths: Array.from(reference.values("sequence_lens")) } : {}),
    ...(names.some((name) => reference.has(name))
      ? { initial: names.map((name) => engine.numbers(fromState(operator, name, direction))) }
      : {}),
  };
}

/** W, R, B (both halves) and P of one direction in the library's order of gates. */
function operatorWeights<A extends Numbers>(operator: OnnxOperator, engine: Engine<A>, direction: number): Named<A> {
  const { reference, directions } = operator;
  const { cell } = libraryCell(operator, direction);
  const [theirs, ours] = [gateOrders.onnx[operator.operator], libraryGates(cell)];
  const part = (name: string): Float64Array => partOfFirst(reference.values(name), direction, directions);
  const rows = (values: Float64Array): A => engine.numbers(reordered(values, theirs, ours));
  const bias = (half: number): A => rows(partOfFirst(part("B"), half, 2));
  const peephole = (): A => engine.numbers(reordered(part("P"), onnxPeepholes, libraryPeepholes(cell)));
  return {
    weight_ih: rows(part("W")),
    weight_hh: rows(part("R")),
    ...(reference.has("B") ? { bias_ih: bias(0), bias_hh: bias(1) } : {}),
    ...(reference.has("P") ? { weight_peephole: peephole() } : {}),
  };
}

/** Derivatives by the library's parameters as those by the operator's, of all directions. */
export function operatorGradients<A extends Numbers>(
  operator: OnnxOperator,
  gradients: readonly Named<A>[],
): Record<string, ArrayLike<number>> {
  const theirs = gateOrders.onnx[operator.operator];
  const each = (name: string): Float64Array[] =>
    gradients.map((named, direction) =>
      reordered(named[name], libraryGates(libraryCell(operator, direction).cell), theirs),
    );
  const peephole = (): Float64Array[] =>
    gradients.map((named, direction) => {
      return reordered(named.weight_peephole, libraryPeepholes(libraryCell(operator, direction).cell), onnxPeepholes);
    });
  const { reference } = operator;
  const halves = reference.has("B") ? [each("bias_ih"), each("bias_hh")] : [];
  return {
    "grad.W": stacked(each("weight_ih")),
    "grad.R": stacked(each("weight_hh")),
    ...(reference.has("B")
      ? { "grad.B": stacked(gradients.flatMap((_, index) => halves.map((half) => half[index]))) }
      : {}),
    ...(reference.has("P") ? { "grad.P": stacked(peephole()) } : {}),
  };
}
