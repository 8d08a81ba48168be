import { dense, type Layer } from "../../src/index.js";
import type { Attribute, Constant, WrittenGraph, WrittenNode, WrittenPlace } from "../support/onnxWriter.js";

/** A way to write a network down in ONNX, and the layers that it is. */
export interface Form {
  readonly graph: WrittenGraph;
  readonly layers: readonly Layer[];
  /** The weights by the names of those layers, where the graph's own are not they. */
  readonly weights?: Readonly<Record<string, Constant>>;
}

export const D = 3;
export const H = 4;
export const C = 2;
/** Batch and time of the inputs with fixed sizes. */
export const B = 2;
export const T = 5;

/** Different numbers everywhere, within ±0.7. */
export function numbers(seed: number, ...shape: number[]): Constant {
  const count = shape.reduce((product, size) => product * size, 1);
  let state = seed * 7919 + 17;
  const values = Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state / 2147483648 - 0.5) * 1.4;
  });
  return { shape, values };
}

/** Whole numbers. */
export const ints = (...values: number[]): Constant => ({ shape: [values.length], values });
export const int = (value: number): Constant => ({ shape: [], values: [value] });

export function node(
  operator: string,
  inputs: string,
  outputs: string,
  attributes: Readonly<Record<string, Attribute>> = {},
  name?: string,
): WrittenNode {
  // "_" is an input that is left out.
  const words = (text: string) => text.split(" ").map((word) => (word === "_" ? "" : word));
  return {
    operator,
    inputs: words(inputs),
    outputs: words(outputs),
    attributes,
    ...(name === undefined ? {} : { name }),
  };
}

export const x: WrittenPlace = { name: "x", axes: ["batch", "time", D] };
export const fixed: WrittenPlace = { name: "x", axes: [B, T, D] };
const toTime = node("Transpose", "x", "xt", { perm: [1, 0, 2] });

/** Weights of a recurrent operator: gates blocks, directions, inputs. */
export function weights(gates: number, directions = 1, inputs = D, seed = 1): Record<"W" | "R" | "B", Constant> {
  return {
    W: numbers(seed, directions, gates * H, inputs),
    R: numbers(seed + 1, directions, gates * H, H),
    B: numbers(seed + 2, directions, 2 * gates * H),
  };
}

export const fc = (inputs = H) => ({ fcW: numbers(8, C, inputs), fcB: numbers(9, C) });
export const gemm = (input: string) => node("Gemm", `${input} fcW fcB`, "output", { transB: 1 }, "/fc/Gemm");
export const lstmNode = (inputs: string, outputs = "Y h c", attributes = {}) =>
  node("LSTM", inputs, outputs, { hidden_size: H, ...attributes }, "/rnn/LSTM");
export const gruNode = (inputs: string, outputs = "Y h", attributes = {}) =>
  node("GRU", inputs, outputs, { hidden_size: H, linear_before_reset: 1, ...attributes }, "/rnn/GRU");
export const both = { direction: "bidirectional" };
export const rnn = { name: "rnn" };
export const head = dense(C, { name: "fc" });

/** What goes from x to the output, with the constants beside the weights. */
export const graph = (
  nodes: readonly WrittenNode[],
  constants: Readonly<Record<string, Constant>>,
  more: Partial<WrittenGraph> = {},
): WrittenGraph => ({ inputs: [x], outputs: ["output"], nodes: [toTime, ...nodes], constants, ...more });

/** The first two blocks of rows exchanged. */
export function swapped(values: Float32Array, block: number): Float32Array {
  const found = values.slice();
  found.set(values.subarray(block, 2 * block), 0);
  found.set(values.subarray(0, block), block);
  return found;
}

export function times({ shape, values }: Constant, factor: number): Constant {
  return { shape, values: (values as Float32Array).map((value) => value * factor) };
}

/** [a, b] → [b, a]. */
export function turned({ shape: [a, b], values }: Constant): Constant {
  return {
    shape: [b, a],
    values: Float32Array.from({ length: a * b }, (_, at) => values[(at % a) * b + Math.floor(at / a)]),
  };
}
