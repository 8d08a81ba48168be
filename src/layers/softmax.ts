import { core, joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { type Flow, type Layer, type LayerDefinition, type LayerRun, type NameOptions, specifyNamed } from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";

/** Each row as shares of 1. */
export const softmaxDefinition = /* @__PURE__ */ overFeatures("softmax", softmax, { squashedBy: "softmax" });

/** Each row as the logarithms of shares of 1, which are logits as well. */
export const logSoftmaxDefinition = /* @__PURE__ */ overFeatures("logSoftmax", logSoftmax);

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

/**
 * Logarithm of softmax over the features of every row: y_i = x_i − ln Σ_j e^x_j, [batch, time, D] or [batch, D] as it is, without
 * the way over shares that would underflow. For networks that answer with log-probabilities, as PyTorch's with `LogSoftmax` do.
 * `crossEntropy` of them is PyTorch's `NLLLoss`: they are logits whose exponentials sum to 1.
 *
 * @example
 * const classifier = new Model(sequential(gru(16), lastStep(), dense(3), logSoftmax()), { inputSize: 2 });
 * classifier.predict([[0.1, 0.2], [0.3, 0.4]]).shape;   // [3], whose exponentials sum to 1
 * @throws ArgumentError when an option is unknown
 */
export function logSoftmax(options: NameOptions = {}): Layer {
  return specifyNamed(logSoftmaxDefinition, {}, options);
}

function overFeatures(
  type: "softmax" | "logSoftmax",
  make: (options: NameOptions) => Layer,
  gives: Pick<Flow, "squashedBy"> = {},
): LayerDefinition {
  return {
    type,
    output: (_config, { width, each }) => ({ width, each, ...gives }),
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
          const at = address + start * stride;
          core().copyRows(at, stride, input.address + start * input.stride, input.stride, rows, 4 * width);
          joined(parts.softmax)[`${type}Forward`](at, at, rows, width, stride);
        },
        backward(from, to) {
          if (input.gradient === 0) return;
          const [start, rows] = rowRange(layout, from, to);
          const at = start * stride;
          joined(parts.softmax)[`${type}Backward`](gradient + at, gradient + at, address + at, rows, width, stride);
          const given = input.gradient + start * input.gradientStride;
          core().copyRows(given, input.gradientStride, gradient + at, stride, rows, 4 * width);
        },
        gradients() {},
      };
    },
    reverse: (layer) => layer,
    make: (_config, name) => make({ name }),
    describe: () => type,
  };
}
