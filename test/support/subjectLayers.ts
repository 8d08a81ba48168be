/** Layers and functions without time, and losses. */
import { type Activation, activation } from "../../src/activations.js";
import { readRows, writeGradientRows } from "../../src/data/batches.js";
import { dense } from "../../src/layers/dense.js";
import { Layout } from "../../src/tensor/layout.js";
import { padded, type Rows } from "../../src/tensor/rows.js";
import { core, joined } from "../../src/wasm/core.js";
import { floats, ints } from "../../src/wasm/memory.js";
import * as parts from "../../src/wasm/parts.js";
import type { ActivationChoice, DenseResult, DenseRun, LossResult, Named } from "./subjectContract.js";
import { evaluateLabels, lossNamed } from "./subjectLabels.js";
import { inputRows, planLayer, within } from "./subjectPlan.js";

type F32 = Float32Array;

export function runDense(given: DenseRun<F32>): DenseResult<F32> {
  return within((region) => {
    const { rows, inputSize, units } = given;
    const layout = new Layout({ sequences: rows, steps: 1, rows }, region);
    layout.assignEqual(rows, 1);
    const input = inputRows(region, layout, given.x, inputSize);
    const own = given.activation === undefined ? {} : { activation: given.activation as Activation };
    const layer = dense(units, { ...own, bias: given.weights.bias !== undefined });
    const { run, gradients } = planLayer(region, layer, input, given.weights as Named<F32>);
    run.forward(0, 1);
    const output = readRows(run.output);
    if (given.dOutput === undefined) return { output };
    writeGradientRows(run.output, given.dOutput);
    run.backward(0, 1);
    run.gradients(0, 1);
    return { output, dX: readRows(input, true), gradients: gradients() };
  });
}

export function runActivation(choice: ActivationChoice, x: F32): { y: F32; derivative: F32 } {
  const { code, alpha, beta } = activation(choice as Activation);
  return within((region) => {
    const n = x.length;
    const [input, y, ones, slope] = [region.words(n), region.words(n), region.words(n), region.words(n)];
    floats.set(x, input >> 2);
    floats.fill(1, ones >> 2, (ones >> 2) + n);
    core().activationForward(y, input, n, code, alpha, beta);
    core().activationBackward(slope, ones, input, y, n, code, alpha, beta);
    return { y: copy(y, n), derivative: copy(slope, n) };
  });
}

export function runSoftmax(x: F32, rows: number, width: number, log: boolean, dy: F32): { y: F32; dx: F32 } {
  return within((region) => {
    const stride = 4 * padded(width);
    const [input, y, dOut, dIn] = [1, 2, 3, 4].map(() => region.bytes(rows * stride)) as [
      number,
      number,
      number,
      number,
    ];
    spread(input, x, rows, width);
    spread(dOut, dy, rows, width);
    const { softmaxForward, softmaxBackward, logSoftmaxForward, logSoftmaxBackward } = joined(parts.softmax);
    (log ? logSoftmaxForward : softmaxForward)(y, input, rows, width, stride);
    (log ? logSoftmaxBackward : softmaxBackward)(dIn, dOut, y, rows, width, stride);
    return { y: gathered(y, rows, width), dx: gathered(dIn, rows, width) };
  });
}

function copy(address: number, count: number): F32 {
  return floats.slice(address >> 2, (address >> 2) + count);
}

function spread(address: number, values: ArrayLike<number>, rows: number, width: number, stride = padded(width)): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++)
      floats[(address >> 2) + row * stride + column] = values[row * width + column] as number;
  }
}

function gathered(address: number, rows: number, width: number): F32 {
  const stride = padded(width);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const from = (address >> 2) + row * stride;
    values.set(floats.subarray(from, from + width), row * width);
  }
  return values;
}

export function runLoss(
  name: string,
  prediction: F32,
  target: ArrayLike<number>,
  shape: readonly number[],
  options: Readonly<Record<string, unknown>>,
  weights?: ArrayLike<number>,
): LossResult<F32> {
  const loss = lossNamed(name, options);
  if (loss.labels !== undefined) {
    const [steps, classes] = [prediction.length / (shape.at(-1) as number), shape.at(-1) as number];
    const run = { prediction, classes, lengths: [steps], labels: [Array.from(target)] };
    return evaluateLabels(loss, { ...run, ...(weights === undefined ? {} : { weights: [weights] }) });
  }
  return within((region) => {
    const width = shape.at(-1) as number;
    const rows = prediction.length / width;
    const layout = new Layout({ sequences: rows, steps: 1, rows }, region);
    layout.assignEqual(rows, 1);
    const stride = 4 * padded(width);
    const [address, gradient, place] = [1, 2, 3].map(() => region.bytes(rows * stride)) as [number, number, number];
    spread(address, prediction, rows, width);
    const isClasses = loss.targets.some(({ name }) => name === "classes") && target.length === rows;
    if (isClasses) ints.set(Array.from(target), place >> 2);
    else spread(place, target, rows, target.length / rows, stride >> 2);
    const counts = weights === undefined ? 0 : region.words(rows);
    if (weights !== undefined) floats.set(Array.from(weights), counts >> 2);
    const output: Rows = { address, gradient, width, stride, gradientStride: stride, layout };
    const value = loss.evaluate(
      output,
      { address: place, stride: isClasses ? 0 : stride },
      { address: gradient, stride },
      counts,
    );
    return { loss: value, gradient: gathered(gradient, rows, width) };
  });
}
