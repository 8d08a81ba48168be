/** Functional models as Keras 3.15 writes them, masks among their layers. */
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

/** A model of inputs x [batch, time, 2] and t [batch, time]. */
export function model(inputs: readonly string[], output: string, ...layers: readonly object[]) {
  const starts = inputs.map((name) => ({
    ...layer("InputLayer", name, { batch_shape: name === "x" ? [null, null, 2] : [null, null] }),
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
