import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bidirectional, elman, gru, importWeights, type Layer, lstm, Model, Tensor } from "../../src/index.js";
import { runWithStates } from "../support/runWithStates.js";

interface Recorded {
  readonly data: number[];
  readonly shape: number[];
}

interface Case {
  readonly name: string;
  readonly op: "GRU" | "LSTM" | "RNN";
  readonly attributes: { readonly hidden_size: number; readonly direction?: string; readonly layout?: number };
  readonly inputs: Readonly<Record<string, Recorded>>;
  readonly outputs: Readonly<Record<"Y" | "Y_c" | "Y_h", Recorded>>;
}

/** Two float32 implementations of a few steps: onnxruntime itself is within 4.9e-7 of these records, whose largest values are 3. */
const TOLERANCE = 1e-6;

const path = fileURLToPath(new URL("../fixtures/models/onnx/operators.json", import.meta.url));
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: Case[] };

function layerOf({ op, attributes: { hidden_size, direction = "forward" }, inputs }: Case): Layer {
  const own = {
    bias: inputs.B !== undefined,
    direction: direction === "reverse" ? ("reverse" as const) : ("forward" as const),
  };
  const makers = {
    GRU: () => gru(hidden_size, { ...own, reset: "before" }),
    LSTM: () => lstm(hidden_size, inputs.P === undefined ? own : { ...own, peepholes: true }),
    RNN: () => elman(hidden_size, own),
  };
  const one = makers[op]();
  return direction === "bidirectional" ? bidirectional(one) : one;
}

/** [T, B, D] → [B, T, D]; layout 1 has it so already. */
function input({ inputs: { X }, attributes }: Case): Tensor {
  const data = Float32Array.from(X.data);
  if (attributes.layout === 1) return new Tensor(data, X.shape);
  const [steps, batch, width] = X.shape;
  const values = data.map((_, index) => {
    const [column, step, example] = [
      index % width,
      Math.floor(index / width) % steps,
      Math.floor(index / (width * steps)),
    ];
    return data[(step * batch + example) * width + column];
  });
  return new Tensor(values, [batch, steps, width]);
}

/** Y from [B, T, N·H] in the layout of the case: [T, N, B, H], or [B, T, N, H]. */
function outputOf(
  { attributes: { hidden_size: units, layout } }: Case,
  output: Float32Array,
  shape: readonly number[],
): number[] {
  if (layout === 1) return [...output];
  const [steps, directions, batch] = shape;
  return Array.from({ length: output.length }, (_, index) => {
    const [unit, example] = [index % units, Math.floor(index / units) % batch];
    const [direction, step] = [
      Math.floor(index / (units * batch)) % directions,
      Math.floor(index / (units * batch * directions)),
    ];
    return output[((example * steps + step) * directions + direction) * units + unit];
  });
}

/** [N, B, H] → [B, N, H] where the layout asks for it; one direction and one sequence a case need no more than order. */
function statesOf(states: readonly Float32Array[], count: number, index: number): number[] {
  return states.filter((_, at) => at % count === index).flatMap((values) => [...values]);
}

describe("the operator cases of ONNX", () => {
  test("are 18 cases", () => expect(cases).toHaveLength(18));

  test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
    const x = input(each);
    using model = new Model(layerOf(each), { inputSize: x.shape[2] });
    const parts = ["W", "R", "B", "P"].filter((part) => each.inputs[part] !== undefined);
    const tensors = parts.map((part) => [
      part,
      new Tensor(Float32Array.from(each.inputs[part].data), each.inputs[part].shape),
    ]);
    importWeights(model, Object.fromEntries(tensors), { from: "onnx" });
    // Every case with lengths has full ones, every case with initial states zeros: they are the defaults here.
    expect(each.inputs.sequence_lens?.data.every((length) => length === x.shape[1]) ?? true).toBe(true);
    expect(
      [...(each.inputs.initial_h?.data ?? []), ...(each.inputs.initial_c?.data ?? [])].every((value) => value === 0),
    ).toBe(true);
    const { output, states } = runWithStates(model, x);
    const count = each.op === "LSTM" ? 2 : 1;
    const produced: Record<string, number[]> = { Y_h: statesOf(states, count, 0), Y_c: statesOf(states, count, 1) };
    if (each.outputs.Y !== undefined) produced.Y = outputOf(each, output, each.outputs.Y.shape);
    expect(Object.keys(each.outputs).length).toBeGreaterThan(0);
    for (const [name, { data }] of Object.entries(each.outputs)) {
      expect(produced[name]).toHaveLength(data.length);
      const away = data.map((value, index) => Math.abs(value - produced[name][index]));
      expect(Math.max(...away), name).toBeLessThanOrEqual(TOLERANCE);
    }
  });
});
