import { type Activation, activation, squashing } from "../activations.js";
import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";

/** Configuration of an activation that stands alone. */
export interface ActivateConfig {
  /** f in y = f(x). */
  readonly activation: Activation;
}

/** A function of each feature alone. */
export const activateDefinition: LayerDefinition<ActivateConfig> = {
  type: "activate",
  output: ({ activation: f }, { width, each }) => ({ width, each, ...squashing(f) }),
  parameters: () => [],
  plan: planActivate,
  reverse: (layer) => layer,
  make: ({ activation: f }, name) => activate(f, { name }),
  describe: ({ activation: f }) => `activate(${typeof f === "string" ? f : f.type})`,
};

/**
 * An activation as a layer of its own, y = f(x) for each feature: [batch, time, D] or [batch, D] as it is. Where a dense layer
 * comes before it, `dense(units, { activation })` is the same in one.
 *
 * @param f its name, or its name with the parameters of its equation
 * @example
 * sequential(gru(16), activate({ type: "leakyRelu", alpha: 0.3 }), lastStep(), dense(1));
 * @throws ArgumentError when the activation or an option is unknown
 */
export function activate(f: Activation, options: NameOptions = {}): Layer<ActivateConfig> {
  activation(f);
  return specifyNamed(activateDefinition, { activation: f }, options);
}

function planActivate({ activation: f }: ActivateConfig, input: Rows, { region, training }: Planner): LayerRun {
  const { layout, width } = input;
  const { code, alpha, beta } = activation(f);
  const output = newRows(region, layout, width, training);
  const { address, stride } = output;
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward(from, to) {
      const { activationForward } = core();
      const [start, rows] = rowRange(layout, from, to);
      // Row by row: a function of 0 need not be 0, and what pads a row must stay so.
      for (let row = start; row < start + rows; row++)
        activationForward(address + row * stride, input.address + row * input.stride, width, code, alpha, beta);
    },
    backward(from, to) {
      const { gradient, gradientStride } = input;
      if (gradient === 0) return;
      const { activationBackward } = core();
      const [start, rows] = rowRange(layout, from, to);
      for (let row = start; row < start + rows; row++) {
        const [dx, dy] = [gradient + row * gradientStride, output.gradient + row * stride];
        const [x, y] = [input.address + row * input.stride, address + row * stride];
        activationBackward(dx, dy, x, y, width, code, alpha, beta);
      }
    },
    gradients() {},
  };
}
