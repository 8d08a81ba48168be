import { elman, exportWeights, gru, type Layer, lstm, Model, type Tensor } from "../../src/index.js";
import { type Comparison, tensorDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";

/** The layer that Keras's configuration describes, as far as its initial values go. */
function layerOf(reference: ReferenceCase): Layer {
  const { units, unitForgetBias, cell } = reference.config;
  const makers: Readonly<Record<string, () => Layer>> = {
    gru: () => gru(units as number, { reset: "before" }),
    lstm: () => lstm(units as number, { forgetBias: unitForgetBias === true ? 1 : 0 }),
    simple_rnn: () => elman(units as number),
  };
  const make = makers[cell as string];
  if (make === undefined) throw new Error(`${reference.id}: no layer for the cell ${String(cell)}`);
  return make();
}

/**
 * Kind keras_initial: biases as Keras creates them are those of a new model, written in Keras's layout. They are sums of
 * zeros and ones: equal, or wrong.
 */
export function attemptKerasInitial(reference: ReferenceCase): Comparison[] {
  using model = new Model(layerOf(reference), { inputSize: 2 });
  const bias = exportWeights(model, { to: "keras" }).get("bias") as Tensor;
  const names = [...reference.tensors.keys()].filter((name) => name.startsWith("initial."));
  return names.map((name) => {
    const expected = reference.values(name);
    const isAlike = name === "initial.bias" && bias.data.length === expected.length;
    return { name, difference: isAlike ? tensorDifference(bias.data, expected) : Infinity, allowed: 0 };
  });
}
