/**
 * The library as an engine of the parity, gradient and property tests: one layer at a time through its planned run, whole
 * trainings through the public interface.
 */
import { type Activation, activation } from "../../src/activations.js";
import { type CellName, cells } from "../../src/cells/index.js";
import type { CellDefinition } from "../../src/cells/cell.js";
import { readRows, writeGradientRows } from "../../src/data/batches.js";
import { dense } from "../../src/layers/dense.js";
import { definitionOf, type Layer, type LayerRun } from "../../src/layers/layer.js";
import { recurrent } from "../../src/layers/recurrent.js";
import { losses } from "../../src/losses/index.js";
import { writeRanges } from "../../src/models/interior.js";
import { optimizers } from "../../src/optimizers/index.js";
import { Layout } from "../../src/tensor/layout.js";
import { ParameterBlock } from "../../src/tensor/parameters.js";
import { padded, type Rows, type StateRows } from "../../src/tensor/rows.js";
import { Tensor } from "../../src/tensor/tensor.js";
import { core } from "../../src/wasm/core.js";
import { floats, ints } from "../../src/wasm/memory.js";
import { Region } from "../../src/wasm/region.js";
import type {
  ActivationChoice,
  DenseResult,
  DenseRun,
  LossResult,
  Named,
  OptimizerSpec,
  RecurrentResult,
  RecurrentRun,
} from "./subjectContract.js";

export { trainCharacters, trainWindows } from "./subjectTraining.js";

type F32 = Float32Array;

/** Memory for one call, given back after it. */
function within<T>(work: (region: Region) => T): T {
  const region = new Region();
  try {
    return work(region);
  } finally {
    region.dispose();
  }
}

/** Input rows with a gradient, filled from [B, T, width]. */
function inputRows(region: Region, layout: Layout, values: F32, width: number): Rows {
  const stride = 4 * padded(width);
  const bytes = Math.max(1, layout.capacity.rows) * stride;
  const [address, gradient] = [region.bytes(bytes), region.bytes(bytes)];
  const rows: Rows = { address, gradient, width, stride, gradientStride: stride, layout };
  writeGradientRows({ ...rows, gradient: address }, values);
  return rows;
}

/** A layer with given weights over given rows. */
function plan(region: Region, layer: Layer, input: Rows, weights: Readonly<Record<string, F32>>) {
  const definition = definitionOf(layer);
  const specs = definition.parameters(layer.config, { width: input.width, each: "step" });
  const parameters = new ParameterBlock(specs, region);
  for (const entry of parameters.entries) parameters.write(entry, new Tensor(weights[plain(entry.name)] as F32, entry.shape));
  const place = (name: string) => {
    const { offset } = parameters.find(name);
    return { value: parameters.values + 4 * offset, gradient: parameters.gradients + 4 * offset };
  };
  const planner = { training: true, region, parameter: place, child: () => planner };
  const run: LayerRun = definition.plan(layer.config, input, planner);
  run.pack();
  run.begin();
  const gradients = () =>
    Object.fromEntries(parameters.entries.map((entry) => [plain(entry.name), parameters.copy(entry, parameters.gradients).data]));
  return { run, gradients };
}

/** `weight_ih_l0_reverse` is `weight_ih` here. */
function plain(name: string): string {
  return name.replace(/_l0(_reverse)?$/, "");
}

export function runRecurrent(given: RecurrentRun<F32>): RecurrentResult<F32> {
  if (given.projectionSize !== undefined) throw new Error("projection is not built yet");
  return within((region) => {
    const { batch, steps, units } = given;
    const lengths = given.lengths ?? new Array<number>(batch).fill(steps);
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const layout = new Layout({ sequences: batch, steps, rows: Math.max(1, rows) }, region);
    layout.assign(lengths);
    const input = inputRows(region, layout, paddedTo(layout, given.x, steps, given.inputSize), given.inputSize);
    const cell: CellDefinition = cells[given.cell as CellName];
    const own = given.activation === undefined ? {} : { activation: given.activation as Activation };
    const layer = recurrent(cell, units, { ...own, bias: given.bias, direction: given.reverse ? "reverse" : "forward" });
    const { run, gradients } = plan(region, layer, input, given.weights as unknown as Record<string, F32>);
    const state = run.states[0] as StateRows;
    given.initial?.forEach((values, index) => writeStates(layout, values, units, (rank) => state.initial(rank) + index * state.blockStride));
    run.forward(0, layout.steps);
    const output = grown(layout, readRows(run.output), steps, units);
    const final = state.names.map((_, index) => readStates(layout, units, (rank) => state.final(rank) + index * state.blockStride));
    if (given.dOutput === undefined && given.dFinal === undefined) return { output, final };
    const dOutput = given.dOutput ?? new Float32Array(batch * steps * units);
    writeGradientRows(run.output, paddedTo(layout, dOutput, steps, units));
    given.dFinal?.forEach((values, index) => writeStates(layout, values, units, (rank) => state.gradient(rank) + index * state.blockStride));
    run.backward(0, layout.steps);
    run.gradients(0, layout.steps);
    const dInitial = state.names.map((_, index) => readStates(layout, units, (rank) => state.gradient(rank) + index * state.blockStride));
    return { output, final, dX: grown(layout, readRows(input, true), steps, given.inputSize), dInitial, gradients: gradients() };
  });
}

/** [B, T, width] cut to the longest length, which is all a layout knows of. */
function paddedTo(layout: Layout, values: F32, steps: number, width: number): F32 {
  const cut = new Float32Array(layout.sequences * layout.steps * width);
  for (let index = 0; index < layout.sequences; index++) {
    cut.set(values.subarray(index * steps * width, (index * steps + layout.steps) * width), index * layout.steps * width);
  }
  return cut;
}

/** And back to T steps, zeros beyond. */
function grown(layout: Layout, values: F32, steps: number, width: number): F32 {
  const whole = new Float32Array(layout.sequences * steps * width);
  const size = layout.steps * width;
  for (let index = 0; index < layout.sequences; index++) whole.set(values.subarray(index * size, (index + 1) * size), index * steps * width);
  return whole;
}

function writeStates(layout: Layout, values: F32, units: number, address: (rank: number) => number): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    const from = (layout.order[rank] as number) * units;
    floats.set(values.subarray(from, from + units), address(rank) >> 2);
  }
}

function readStates(layout: Layout, units: number, address: (rank: number) => number): F32 {
  const values = new Float32Array(layout.sequences * units);
  for (let rank = 0; rank < layout.sequences; rank++) {
    const from = address(rank) >> 2;
    values.set(floats.subarray(from, from + units), (layout.order[rank] as number) * units);
  }
  return values;
}

export function runDense(given: DenseRun<F32>): DenseResult<F32> {
  return within((region) => {
    const { rows, inputSize, units } = given;
    const layout = new Layout({ sequences: rows, steps: 1, rows }, region);
    layout.assignEqual(rows, 1);
    const input = inputRows(region, layout, given.x, inputSize);
    const own = given.activation === undefined ? {} : { activation: given.activation as Activation };
    const layer = dense(units, { ...own, bias: given.weights.bias !== undefined });
    const { run, gradients } = plan(region, layer, input, given.weights as unknown as Record<string, F32>);
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
    const [input, y, dOut, dIn] = [1, 2, 3, 4].map(() => region.bytes(rows * stride)) as [number, number, number, number];
    spread(input, x, rows, width);
    spread(dOut, dy, rows, width);
    const { softmaxForward, softmaxBackward, logSoftmaxForward, logSoftmaxBackward } = core();
    (log ? logSoftmaxForward : softmaxForward)(y, input, rows, width, stride);
    (log ? logSoftmaxBackward : softmaxBackward)(dIn, dOut, y, rows, width, stride);
    return { y: gathered(y, rows, width), dx: gathered(dIn, rows, width) };
  });
}

function copy(address: number, count: number): F32 {
  return floats.slice(address >> 2, (address >> 2) + count);
}

function spread(address: number, values: ArrayLike<number>, rows: number, width: number): void {
  const stride = padded(width);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) floats[(address >> 2) + row * stride + column] = values[row * width + column] as number;
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
): LossResult<F32> {
  const loss = losses[name as keyof typeof losses];
  if (loss === undefined || Object.keys(options).length > 0) throw new Error(`${name} with ${Object.keys(options)} is not built yet`);
  return within((region) => {
    const width = shape.at(-1) as number;
    const rows = prediction.length / width;
    const layout = new Layout({ sequences: rows, steps: 1, rows }, region);
    layout.assignEqual(rows, 1);
    const stride = 4 * padded(width);
    const [address, gradient, place] = [region.bytes(rows * stride), region.bytes(rows * stride), region.bytes(rows * stride)];
    spread(address, prediction, rows, width);
    const isClasses = name === losses.crossEntropy.name && target.length === rows;
    if (isClasses) ints.set(Array.from(target), place >> 2);
    else spread(place, target, rows, width);
    const output: Rows = { address, gradient, width, stride, gradientStride: stride, layout };
    const targetRows = { kind: isClasses ? "classes" : "values", address: place, stride } as const;
    const value = loss.evaluate(output, targetRows, { address: gradient, stride });
    return { loss: value, gradient: gathered(gradient, rows, width) };
  });
}

/** Named values as a parameter block. */
function blockOf(region: Region, values: Named<F32>): ParameterBlock {
  const block = new ParameterBlock(Object.entries(values).map(([name, { length }]) => ({ name, shape: [length] })), region);
  for (const entry of block.entries) block.write(entry, new Tensor(values[entry.name] as F32, entry.shape));
  return block;
}

function writeGradients(block: ParameterBlock, gradients: Named<F32>): void {
  for (const entry of block.entries) floats.set(gradients[entry.name] as F32, (block.gradients >> 2) + entry.offset);
}

function named(block: ParameterBlock, address: number): Named<F32> {
  return Object.fromEntries(block.entries.map((entry) => [entry.name, block.copy(entry, address).data]));
}

export function runOptimizer(spec: OptimizerSpec, initial: Named<F32>, gradients: readonly Named<F32>[]): readonly Named<F32>[] {
  const make = optimizers[spec.name as keyof typeof optimizers] as ((options: object) => ReturnType<typeof optimizers.adam>) | undefined;
  if (make === undefined) throw new Error(`optimizer ${spec.name} is not built yet`);
  const unknown = Object.keys(spec.schedule ?? {}).filter((name) => name !== "learningRate");
  if (unknown.length > 0) throw new Error(`a schedule of ${unknown} is not built yet`);
  return within((region) => {
    const rule = make(spec.options);
    const block = blockOf(region, initial);
    const { address, count } = writeRanges(block, region, rule.weightDecay);
    const slots = rule.slots.map(() => block.newSlot());
    const blocks = { ranges: address, rangeCount: count, parameters: block.values, gradients: block.gradients, slots };
    const numbers = [...rule.start];
    return gradients.map((gradient, step) => {
      writeGradients(block, gradient);
      rule.apply(blocks, spec.schedule?.learningRate?.[step] ?? rule.learningRate, numbers, step + 1);
      return named(block, block.values);
    });
  });
}

export function runClip(gradients: Named<F32>, options: Readonly<Record<string, unknown>>): { norm: number; gradients: Named<F32> } {
  const { norm: most, ...rest } = options;
  if (Object.keys(rest).length > 0) throw new Error(`clipping by ${Object.keys(rest)} is not built yet`);
  return within((region) => {
    const block = blockOf(region, gradients);
    writeGradients(block, gradients);
    const { address, count } = writeRanges(block, region, 0);
    const norm = Math.sqrt(core().sumOfSquares(address, count, block.gradients));
    const factor = (most as number) / (norm + 1e-6);
    if (factor < 1) core().scaleRanges(address, count, block.gradients, factor);
    return { norm, gradients: named(block, block.gradients) };
  });
}
