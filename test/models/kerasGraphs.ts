/** Functional models as Keras 3.15 writes them, masks among their layers. */
import { expect } from "vitest";
import { loadKeras, Tensor } from "../../src/index.js";
import { layer } from "./kerasFiles.js";

export const tensor = (name: string, index = 0) => ({
  class_name: "__keras_tensor__",
  config: { keras_history: [name, 0, index] },
});

/** A layer, or an operation, which is listed as layers are. @param reads names of what it is called with, or numbers @param kwargs how else it is called */
export const node = (
  kind: string,
  name: string,
  reads: readonly (string | number)[],
  options: object = {},
  kwargs: object = {},
) => ({
  ...layer(kind, name, { ...options }),
  name,
  inbound_nodes: [{ args: reads.map((each) => (typeof each === "string" ? tensor(each) : each)), kwargs }],
});

/** Tokens "t", their table "e" and its mask "n". */
export const embedding = [
  node("Embedding", "e", ["t"], { input_dim: 5, output_dim: 2, mask_zero: true }),
  node("NotEqual", "n", ["t", 0]),
];

/** Rows "x", which "m" masks by 0.5, and the mask "any". */
export const masking = [
  node("NotEqual", "differs", ["x", 0.5]),
  node("Masking", "m", ["x"], { mask_value: 0.5 }),
  node("Any", "any", ["differs"], { axis: -1, keepdims: false }),
];

const SHAPES: Readonly<Record<string, readonly (number | null)[]>> = { h: [null, 2], x: [null, null, 2] };

/** A model of inputs x [batch, time, 2], h [batch, 2] and t [batch, time]. */
export function model(inputs: readonly string[], output: string, ...layers: readonly object[]) {
  const starts = inputs.map((name) => ({
    ...layer("InputLayer", name, { batch_shape: SHAPES[name] ?? [null, null] }),
    module: "keras.layers",
    name,
    inbound_nodes: [],
  }));
  return {
    class_name: "Functional",
    config: {
      name: "model",
      layers: [...starts, ...layers],
      input_layers: inputs.map((name) => [name, 0, 0]),
      output_layers: [output, 0, 0],
    },
  };
}

/** Tensors by name with the numbers that Keras was given: 0.7 sin(12.9898 (i + n)), n the tensor's place from 2; variances are 1 more. */
export const weightsOf = (...all: readonly (readonly [string, ...number[]])[]) =>
  new Map(
    all.map(([name, ...shape], at) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const least = name.endsWith("variance") ? 1 : 0;
      const values = Float32Array.from({ length: count }, (_, i) => least + 0.7 * Math.sin(12.9898 * (i + at + 2)));
      return [name, new Tensor(values, shape)];
    }),
  );
export const cell = (path: string, inputs: number, blocks: number, ...biases: readonly number[]) =>
  [
    [`${path}/kernel`, inputs, 2 * blocks],
    [`${path}/recurrent_kernel`, 2, 2 * blocks],
    [`${path}/bias`, ...biases, 2 * blocks],
  ] as [string, ...number[]][];
export const dense = (path: string) =>
  [
    [`${path}/kernel`, 2, 2],
    [`${path}/bias`, 2],
  ] as [string, ...number[]][];

/** [2, 4, 2]: 0.5 masks steps 1 and 3 of the first, step 0 of the second. */
export const rows = new Tensor(
  Float32Array.of(0.5, -1, 0.5, 0.5, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5, -0.7, 0.1, 0.9, 0.8, 0.2, -0.3),
  [2, 4, 2],
);

// Both sums are of at most eight products below 1 each, over at most six steps whose errors shrink: 16 roundings of 2^-24,
// those of weights that take in a normalisation among them.
const TOLERANCE = 1e-6;

/** Compares with what Keras 3.15.1 with TensorFlow 2 predicts for such a model. */
export function expectKeras(
  of: object,
  weights: ReadonlyMap<string, Tensor>,
  inputs: Tensor[],
  wanted: readonly number[],
) {
  using keras = loadKeras(of, weights);
  const { data } = keras.predictBatch(...(inputs as [Tensor]));
  expect(data).toHaveLength(wanted.length);
  wanted.forEach((value, at) => {
    expect(Math.abs((data[at] as number) - value), `number ${at}`).toBeLessThan(TOLERANCE);
  });
}
