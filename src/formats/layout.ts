import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError } from "../errors.js";
import { describe, requireFlag, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";

/**
 * How another system lays out the weights of a recurrent layer, declared in words. Tensors are called `kernel` [D, G·H],
 * `recurrent_kernel` [H, G·H], `bias` [G·H] or [2, G·H], or by what TensorFlow 1, PyTorch and plain programs call the same
 * (`weights`, `weight_ih`, `W`, `biases` …); a dense layer has `kernel` [I, units] and `bias` [units].
 */
export interface WeightLayout {
  /** Order of the gate blocks, by the letters of the cell's equations: `"igfo"`, or a list of names. */
  readonly gates: string | readonly string[];
  /** Whether one kernel [D + H, G·H] acts on the input and, below it, on the hidden state; default false. */
  readonly joint?: boolean;
  /** Whether gate blocks are columns of the kernels (Keras, TensorFlow) or rows (PyTorch); default `"columns"`. */
  readonly kernels?: "columns" | "rows";
  /** What the other system adds to the forget gate at run time, beside the bias in its file; default 0. */
  readonly forgetBias?: number;
}

/** Whose weights are read or written: a system's, or any that a layout describes. */
export type WeightFormat = "keras" | "onnx" | "pytorch" | WeightLayout;

/** A layout with its defaults filled in. */
export interface FullLayout {
  readonly gates: readonly string[];
  readonly joint: boolean;
  readonly kernels: "columns" | "rows";
  readonly forgetBias: number;
}

/** @throws ArgumentError when an option is unknown or out of range */
export function fullLayout(layout: WeightLayout): FullLayout {
  requireKnownOptions("a weight layout", layout, ["gates", "joint", "kernels", "forgetBias"]);
  const { joint = false, kernels = "columns", forgetBias = 0 } = layout;
  const gates = typeof layout.gates === "string" ? layout.gates.split("") : layout.gates;
  if (!Array.isArray(gates) || gates.length === 0 || gates.some((gate) => typeof gate !== "string" || gate === "")) {
    throw new ArgumentError(
      `gates of a weight layout must name the blocks in order, as in "igfo", received ${describe(gates)}.`,
    );
  }
  const twice = gates.find((gate, index) => gates.indexOf(gate) !== index);
  if (twice !== undefined) throw new ArgumentError(`gates of a weight layout name "${twice}" twice.`);
  requireFlag("joint of a weight layout", joint);
  requireOneOf("kernels of a weight layout", kernels, ["columns", "rows"]);
  requireNumber("forgetBias of a weight layout", forgetBias);
  return { gates, joint, kernels, forgetBias };
}

/** What keeps a declared order of gates from describing a cell; undefined when it does describe it. */
export function orderProblem(order: readonly string[], cell: CellDefinition): string | undefined {
  const missing = cell.gates.filter((gate) => !order.includes(gate));
  if (missing.length > 0) return `the declared gates ${order.join(", ")} lack ${missing.join(", ")}`;
  // Blocks that a cell does without may be named where its definition knows of them (a coupled forget gate).
  const known = [...cell.gates, ...Object.values(cell.foreign ?? {}).flat()];
  const strange = order.filter((gate) => !known.includes(gate));
  if (strange.length > 0) return `the declared gates ${order.join(", ")} hold ${strange.join(", ")}, which it has not`;
  return undefined;
}
