import { describe, expect, test } from "vitest";
import { oracleEngine } from "../oracle/oracleEngine.js";
import { TestRandom } from "../oracle/random.js";
import { failures } from "../support/compare.js";
import { ReferenceCase } from "../support/fixtures.js";
import * as subject from "../support/subject.js";
import { libraryEngine } from "./engine.js";
import { attemptKeras } from "./keras.js";

/*
 * Keras's GRU with `reset_after=True`, of which the reference data has no case: its equations written out in Keras's own layout
 * (kernel [D, 3·H], recurrent_kernel [H, 3·H], bias [2, 3·H], blocks z, r, h; keras/src/layers/rnn/gru.py), gradients by central
 * differences in float64.
 */

const [BATCH, STEPS, INPUTS, UNITS] = [2, 4, 3, 2];
const names = ["x", "kernel", "recurrent_kernel", "bias"] as const;
type Tensors = Record<(typeof names)[number] | "g.output", Float64Array>;

const sigmoid = (a: number): number => 1 / (1 + Math.exp(-a));

/** Σ g ⊙ output, and the output [B, T, H]. */
function layer({ x, kernel, recurrent_kernel: recurrent, bias, "g.output": g }: Tensors): {
  loss: number;
  output: Float64Array;
} {
  const output = new Float64Array(BATCH * STEPS * UNITS);
  for (let sequence = 0; sequence < BATCH; sequence++) {
    let h = new Array<number>(UNITS).fill(0);
    for (let step = 0; step < STEPS; step++) {
      const row = x.subarray((sequence * STEPS + step) * INPUTS);
      const product = (
        values: ArrayLike<number>,
        count: number,
        weights: Float64Array,
        from: number,
        column: number,
      ) => {
        let sum = bias[from + column];
        for (let index = 0; index < count; index++) sum += values[index] * weights[index * 3 * UNITS + column];
        return sum;
      };
      const a = (column: number) => product(row, INPUTS, kernel, 0, column);
      const q = (column: number) => product(h, UNITS, recurrent, 3 * UNITS, column);
      h = h.map((old, unit) => {
        const [z, r] = [0, UNITS].map((block) => sigmoid(a(block + unit) + q(block + unit)));
        const candidate = Math.tanh(a(2 * UNITS + unit) + r * q(2 * UNITS + unit));
        return z * old + (1 - z) * candidate;
      });
      output.set(h, (sequence * STEPS + step) * UNITS);
    }
  }
  return { output, loss: output.reduce((sum, value, index) => sum + value * g[index], 0) };
}

/** h² error of central differences in float64 at this step: below 1e-9. */
const STEP = 1e-5;

function reference(): ReferenceCase {
  const random = new TestRandom(5);
  const shapes: Record<keyof Tensors, number[]> = {
    x: [BATCH, STEPS, INPUTS],
    kernel: [INPUTS, 3 * UNITS],
    recurrent_kernel: [UNITS, 3 * UNITS],
    bias: [2, 3 * UNITS],
    "g.output": [BATCH, STEPS, UNITS],
  };
  const entries = Object.entries(shapes).map(([name, shape]) => {
    return [name, Float64Array.from(random.numbers(shape.reduce((product, size) => product * size, 1)))] as const;
  });
  const given = Object.fromEntries(entries) as Tensors;
  const { loss, output } = layer(given);
  const gradients = names.map((name) => {
    const slope = given[name].map((value, index) => {
      const at = (by: number) => layer({ ...given, [name]: given[name].with(index, value + by) }).loss;
      return (at(STEP) - at(-STEP)) / (2 * STEP);
    });
    return [`grad.${name}`, { shape: shapes[name], values: slope }] as const;
  });
  const tensors = new Map<string, { shape: readonly number[]; values: ArrayLike<number> }>([
    ...entries.map(([name, values]) => [name, { shape: shapes[name as keyof Tensors], values }] as const),
    ["output", { shape: shapes["g.output"], values: output }],
    ["loss", { shape: [], values: [loss] }],
    ...gradients,
  ]);
  const config = {
    cell: "gru",
    resetAfter: true,
    activation: "tanh",
    recurrentActivation: "sigmoid",
    returnSequences: true,
    outputs: ["output"],
    units: UNITS,
    batch: BATCH,
    seq_len: STEPS,
    input_size: INPUTS,
  };
  const own = {
    id: "keras/gru_reset_after",
    kind: "keras",
    config,
    tolerance: { value: 5e-6, grad: 1e-5, loss: 1e-5 },
    tensors,
  };
  return Object.assign(Object.create(ReferenceCase.prototype), own) as ReferenceCase;
}

describe("parity: keras, reset after the product", () => {
  test("the library", async () => {
    const comparisons = await attemptKeras(reference(), libraryEngine(subject));
    expect(comparisons.map(({ name }) => name).sort()).toEqual([
      "grad.bias",
      "grad.kernel",
      "grad.recurrent_kernel",
      "grad.x",
      "loss",
      "output",
    ]);
    expect(failures(comparisons)).toEqual([]);
  });

  test("the float64 oracle", async () => {
    expect(failures(await attemptKeras(reference(), oracleEngine))).toEqual([]);
  });
});
