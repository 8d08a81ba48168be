/** Keras's files made by hand, in the forms that its versions write. */
import { Tensor } from "../../src/index.js";

/** One tensor of a manifest, and its numbers. */
export interface Written {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

type Options = Readonly<Record<string, unknown>>;

export const layer = (kind: string, name: string, options: Options = {}) => ({
  class_name: kind,
  config: { name, ...options },
});

export const lstmOptions = {
  units: 3,
  activation: "tanh",
  recurrent_activation: "sigmoid",
  use_bias: true,
  return_sequences: true,
};

/** A Sequential model that reads [batch, time, 2], unless its first layer says otherwise. */
export function sequentialOf(...layers: readonly { readonly class_name: string; readonly config: Options }[]): object {
  const [first, ...others] = layers as [(typeof layers)[number], ...typeof layers];
  const read = { ...first, config: { batch_input_shape: [null, null, 2], ...first.config } };
  return { class_name: "Sequential", config: { name: "model", layers: [read, ...others] } };
}

/** A layer of a functional model. @param nodes what it reads, in the words of its version */
export const called = (of: ReturnType<typeof layer>, ...nodes: readonly unknown[]) => ({
  ...of,
  name: of.config.name,
  inbound_nodes: nodes.length === 0 ? [] : [nodes],
});

export const input = (name: string, ...shape: readonly (number | null)[]) =>
  called(layer("InputLayer", name, { batch_input_shape: [null, ...shape], dtype: "float32", sparse: false }));

/** A functional model. @param ends its inputs and its output, by name */
export function functionalOf(inputs: readonly string[], output: string, ...layers: readonly object[]): object {
  const end = (name: string) => [name, 0, 0];
  return {
    class_name: "Functional",
    config: { name: "model", layers, input_layers: inputs.map(end), output_layers: [end(output)] },
  };
}

let seed = 1;

/** Different numbers in (−0.7, 0.7) for every element. */
export function written(name: string, ...shape: readonly number[]): Written {
  const count = shape.reduce((product, size) => product * size, 1);
  seed++;
  return {
    name,
    shape,
    values: Float32Array.from({ length: count }, (_, at) => 0.7 * Math.sin(12.9898 * (at + seed))),
  };
}

/** Weights of a recurrent layer as Keras calls them. @param blocks gate blocks */
export function recurrentWeights(path: string, inputs: number, units: number, blocks: number): Written[] {
  return [
    written(`${path}/kernel`, inputs, blocks * units),
    written(`${path}/recurrent_kernel`, units, blocks * units),
    written(`${path}/bias`, blocks * units),
  ];
}

export const denseWeights = (path: string, inputs: number, units: number): Written[] => [
  written(`${path}/kernel`, inputs, units),
  written(`${path}/bias`, units),
];

/** The numbers of tensors as they lie in one file. */
export function bytesOf(weights: readonly Written[]): Uint8Array {
  const all = Float32Array.from(weights.flatMap(({ values }) => [...values]));
  return new Uint8Array(all.buffer);
}

const entryOf = ({ name, shape }: Written) => ({ name, shape, dtype: "float32" });

/** A `model.json` of one group in one file. */
export function modelJson(model: object, weights: readonly Written[], more: object = {}) {
  return {
    format: "layers-model",
    modelTopology: model,
    weightsManifest: [{ paths: ["weights.bin"], weights: weights.map(entryOf) }],
    ...more,
  };
}

/** Different numbers of a shape. */
export const numbers = (...shape: number[]) =>
  new Tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => Math.sin(at * 7.3)),
    shape,
  );

/** [batch, time, 2] of different numbers. */
export const x = numbers(3, 4, 2);
