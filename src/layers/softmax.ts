import { core, joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { type Layer, type LayerDefinition, type LayerRun, type NameOptions, specifyNamed } from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";

/** Each row as shares of 1. */
export const softmaxDefinition: LayerDefinition = {
  type: "softmax",
  output: (_config, { width, each }) => ({ width, each, squashedBy: "softmax" }),
  parameters: () => [],
  plan(_config, input, { region, training }): LayerRun {
    const { layout, width } = input;
    const output = newRows(region, layout, width, training);
    const { address, gradient, stride } = output;
    return {
      output,
      states: [],
      pack() {},
      begin() {},
      forward(from, to) {
        const [start, rows] = rowRange(layout, from, to);
        const [at, given] = [address + start * stride, input.address + start * input.stride];
        core().copyRows(at, stride, given, input.stride, rows, 4 * width);
        joined(parts.softmax).softmaxForward(at, at, rows, width, stride);
      },
      backward(from, to) {
        if (input.gradient === 0) return;
        const [start, rows] = rowRange(layout, from, to);
        const [at, given] = [start * stride, input.gradient + start * input.gradientStride];
        joined(parts.softmax).softmaxBackward(gradient + at, gradient + at, address + at, rows, width, stride);
        core().copyRows(given, input.gradientStride, gradient + at, stride, rows, 4 * width);
      },
      gradients() {},
    };
  },
  reverse: (layer) => layer,
  make: (_config, name) => softmax({ name }),
  describe: () => "softmax",
};

/**
 * Softmax over the features of every row: y_i = e^x_i / Σ_j e^x_j, [batch, time, D] or [batch, D] as it is. For networks that answer
 * with shares of 1, as those of other systems often do. `crossEntropy` wants logits: a network that is trained with it ends
 * without this layer.
 *
 * @example
 * const classifier = new Model(sequential(gru(16), lastStep(), dense(3), softmax()), { inputSize: 2 });
 * classifier.predict([[0.1, 0.2], [0.3, 0.4]]).shape;   // [3], which sum to 1
 * @throws ArgumentError when an option is unknown
 */
export function softmax(options: NameOptions = {}): Layer {
  return specifyNamed(softmaxDefinition, {}, options);
}
