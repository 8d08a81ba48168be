/** A network that answers at steps of its own, planned by itself: layouts, parameters, targets. */
import { writeRows } from "../../src/data/batches.js";
import { sequences } from "../../src/data/sequences.js";
import { definitionOf, type Flow, type Layer, type LayerRun, type Planner } from "../../src/layers/layer.js";
import { parameterTree } from "../../src/layers/parameterTree.js";
import { Layout } from "../../src/tensor/layout.js";
import { ParameterBlock } from "../../src/tensor/parameters.js";
import { padded, type Rows } from "../../src/tensor/rows.js";
import { randomKey } from "../../src/tensor/seed.js";
import { Tensor } from "../../src/tensor/tensor.js";
import { floats } from "../../src/wasm/memory.js";
import { Region } from "../../src/wasm/region.js";

type Rowwise = readonly (readonly (readonly number[])[])[];

/** Room that every test's batch fits. */
const ROOM = { sequences: 5, steps: 9, rows: 45 };

export class PlannedAnswers {
  readonly run: LayerRun;
  readonly parameters: ParameterBlock;
  readonly draws: { readonly seed: number; count: number };
  readonly #region = new Region();
  readonly #input: Rows;
  readonly #answers: { layout: Layout; wanted: Rows; isTaught: boolean };

  constructor(layer: Layer, training: boolean, { seed = 3, isMasked = false, room = ROOM } = {}) {
    const definition = definitionOf(layer);
    const region = this.#region;
    const width = definition.inputSize?.(layer.config) as number;
    const flow: Flow = { width, each: "step" };
    const output = definition.output(layer.config, flow);
    const specs = parameterTree(layer, flow);
    this.draws = { seed, count: 0 };
    this.parameters = new ParameterBlock(specs, region);
    this.parameters.entries.forEach((entry, index) => {
      const spec = specs[index];
      spec?.initialize(this.parameters.values + 4 * entry.offset, entry.shape, randomKey(seed, entry.name));
    });
    this.#input = rowsOf(new Layout(room, region, isMasked), width, region);
    const wantedWidth = definition.answers?.(layer.config).kind === "tokens" ? 1 : output.width;
    const layout = new Layout(room, region);
    this.#answers = { layout, wanted: rowsOf(layout, wantedWidth, region), isTaught: false };
    const parameter = (name: string) => {
      const { offset } = this.parameters.find(name);
      return { value: this.parameters.values + 4 * offset, gradient: this.parameters.gradients + 4 * offset };
    };
    const planner = (path: string): Planner => ({
      path,
      draws: this.draws,
      training,
      region,
      answers: this.#answers,
      parameter: (name) => parameter(path + name),
      child: (inner) => planner(inner === "" ? path : `${path}${inner}.`),
    });
    this.run = definition.plan(layer.config, this.#input, planner(""));
  }

  /** Runs a batch with targets, or a number of steps without. */
  forward(input: Rowwise, targets: Rowwise | number, mask?: readonly (readonly number[])[]): void {
    const { layout, wanted } = this.#answers;
    const [read, order] = [sequences("input", input), Int32Array.from(input.keys())];
    this.#input.layout.assign(read.lengths);
    this.#input.layout.mask?.assign((sequence, step) => mask?.[sequence]?.[step] !== 0);
    this.#answers.isTaught = typeof targets !== "number";
    if (typeof targets === "number") layout.assignEqual(input.length, targets);
    else {
      const given = sequences("target", targets);
      layout.assign(given.lengths);
      writeRows(wanted, given, order);
    }
    this.run.pack();
    this.run.begin();
    writeRows(this.#input, read, order);
    this.run.forward(0, this.#input.layout.steps);
  }

  /** The answers, [steps][width] for each sequence in the caller's order, as far as they go. */
  output(): number[][][] {
    const { address, stride, width, layout } = this.run.output;
    const found: number[][][] = [];
    for (let rank = 0; rank < layout.sequences; rank++) {
      found[layout.order[rank] as number] = Array.from({ length: this.run.answers?.lengths[rank] ?? 0 }, (_, step) => {
        const row = (address + (layout.firstRow(step) + rank) * stride) >> 2;
        return Array.from(floats.slice(row, row + width));
      });
    }
    return found;
  }

  /** Σ factor ⊙ output, whose gradients are the factors: sin of the caller's sequence, step and feature. */
  loss(writesGradient = false): number {
    const { address, gradient, stride, gradientStride, width, layout } = this.run.output;
    let sum = 0;
    for (let rank = 0; rank < layout.sequences; rank++) {
      for (let step = 0; step < (layout.lengths[rank] as number); step++) {
        const row = layout.firstRow(step) + rank;
        for (let feature = 0; feature < width; feature++) {
          const factor = Math.fround(Math.sin(1 + 7 * (layout.order[rank] as number) + 3 * step + 1.7 * feature));
          sum += factor * (floats[((address + row * stride) >> 2) + feature] as number);
          if (writesGradient) floats[((gradient + row * gradientStride) >> 2) + feature] = factor;
        }
      }
    }
    return sum;
  }

  /** Attention weights of a step of an answer, by the caller's number, in a row of so many. */
  attention(sequence: number, step: number, length: number): Float32Array {
    const weights = new Float32Array(length);
    this.run.answers?.attention?.(sequence, step, weights, 0);
    return weights;
  }

  /** From the loss back to the parameters' gradients, by name. */
  backward(): Map<string, Float32Array> {
    this.parameters.clearGradients();
    this.loss(true);
    const { steps } = this.#input.layout;
    this.run.backward(0, steps);
    this.run.gradients(0, steps);
    const { entries, gradients } = this.parameters;
    return new Map(entries.map((entry) => [entry.name, this.parameters.copy(entry, gradients).data]));
  }

  /** Replaces one parameter. */
  write(name: string, values: Float32Array): void {
    const entry = this.parameters.find(name);
    this.parameters.write(entry, new Tensor(values, entry.shape));
  }

  read(name: string): Float32Array {
    return this.parameters.copy(this.parameters.find(name), this.parameters.values).data;
  }

  [Symbol.dispose](): void {
    this.#region.dispose();
  }
}

function rowsOf(layout: Layout, width: number, region: Region): Rows {
  const stride = 4 * padded(width);
  const address = region.bytes(layout.capacity.rows * stride);
  return { address, gradient: 0, width, stride, gradientStride: stride, layout };
}
