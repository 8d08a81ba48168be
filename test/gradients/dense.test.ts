import { describe, expect, test } from "vitest";
import { activations } from "../../src/activations.js";
import { centralDifferences } from "../oracle/centralDifferences.js";
import { runDense as runOracle } from "../oracle/dense.js";
import { TestRandom } from "../oracle/random.js";
import { tensorDifference } from "../support/compare.js";
import { runDense } from "../support/subject.js";
import type { ActivationChoice, DenseResult, DenseRun, Numbers } from "../support/subjectContract.js";
import { FLOAT32_GRADIENT_TOLERANCE, FLOAT32_VALUE_TOLERANCE } from "./tolerance.js";

interface Size {
  readonly inputSize: number;
  readonly units: number;
  readonly rows: number;
}

const sizes: readonly Size[] = [
  { inputSize: 1, units: 1, rows: 1 },
  { inputSize: 3, units: 5, rows: 4 },
  { inputSize: 17, units: 1, rows: 33 },
  { inputSize: 8, units: 12, rows: 7 },
  { inputSize: 33, units: 17, rows: 5 },
];

function sample(size: Size, activation: ActivationChoice | undefined, bias: boolean): Required<DenseRun<Float32Array>> {
  const { inputSize, units, rows } = size;
  const random = new TestRandom(41);
  return {
    ...size,
    activation: activation ?? "linear",
    weights: {
      weight: random.numbers(units * inputSize, 1 / Math.sqrt(inputSize)),
      ...(bias ? { bias: random.numbers(units) } : {}),
    },
    x: random.numbers(rows * inputSize, 2),
    dOutput: random.numbers(rows * units),
  };
}

function toFloat64(run: Required<DenseRun<Float32Array>>): Required<DenseRun<Float64Array>> {
  const { weight, bias } = run.weights;
  const weights = {
    weight: Float64Array.from(weight),
    ...(bias === undefined ? {} : { bias: Float64Array.from(bias) }),
  };
  return { ...run, weights, x: Float64Array.from(run.x), dOutput: Float64Array.from(run.dOutput) };
}

function derivatives<A extends Numbers>({ dX, gradients }: DenseResult<A>): Record<string, A> {
  if (dX === undefined || gradients === undefined)
    throw new Error("the layer was given dOutput but returned no derivatives");
  return { x: dX, ...gradients };
}

function expectDerivatives(actual: Record<string, Float32Array>, expected: Record<string, Float64Array>): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    expect(tensorDifference(actual[name], values), name).toBeLessThan(FLOAT32_GRADIENT_TOLERANCE);
  }
}

describe.each(Object.keys(activations))("dense with %s", (activation) => {
  test.each(sizes)("equals the float64 oracle: $inputSize inputs, $units units, $rows rows", (size) => {
    for (const bias of [true, false]) {
      const run = sample(size, activation, bias);
      const [result, expected] = [runDense(run), runOracle(toFloat64(run))];
      expect(tensorDifference(result.output, expected.output), "output").toBeLessThan(FLOAT32_VALUE_TOLERANCE);
      expectDerivatives(derivatives(result), derivatives(expected));
    }
  });

  test("backward is the derivative of forward (central differences)", () => {
    const run = sample(sizes[1], activation, true);
    const wide = toFloat64(run);
    const sum = (): number =>
      runOracle(wide).output.reduce((total, value, index) => total + value * wide.dOutput[index], 0);
    const inputs = { x: wide.x, weight: wide.weights.weight, bias: wide.weights.bias as Float64Array };
    const numeric = Object.entries(inputs).map(([name, values]) => [name, centralDifferences(sum, values)]);
    expectDerivatives(derivatives(runDense(run)), Object.fromEntries(numeric) as Record<string, Float64Array>);
  });
});
