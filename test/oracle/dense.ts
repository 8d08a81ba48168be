import type { DenseResult, DenseRun } from "../support/subjectContract.js";
import { oracleActivation } from "./activations.js";
import { affine, affineBackward } from "./linear.js";

/** y = f(W x + b) for each row, and its derivatives, in float64. */
export function runDense(run: DenseRun<Float64Array>): DenseResult<Float64Array> {
  const { inputSize, units, rows, weights } = run;
  const f = oracleActivation(run.activation ?? "linear");
  const output = new Float64Array(rows * units);
  const dX = new Float64Array(rows * inputSize);
  const gradients: Record<string, Float64Array> = { weight: new Float64Array(units * inputSize) };
  if (weights.bias !== undefined) gradients.bias = new Float64Array(units);
  for (let row = 0; row < rows; row++) {
    const x = run.x.subarray(row * inputSize, (row + 1) * inputSize);
    const a = affine(weights.weight, weights.bias, x, units);
    output.set(a.map(f.value), row * units);
    if (run.dOutput === undefined) continue;
    const dy = run.dOutput.subarray(row * units, (row + 1) * units);
    const da = a.map((value, unit) => dy[unit] * f.derivative(value));
    dX.set(affineBackward(weights.weight, x, da, gradients.weight, gradients.bias), row * inputSize);
  }
  return run.dOutput === undefined ? { output } : { output, dX, gradients };
}
