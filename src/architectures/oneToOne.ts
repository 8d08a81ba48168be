import type { Activation } from "../activations.js";
import { stepInput } from "../data/stepInput.js";
import { dense } from "../layers/dense.js";
import { lastStep } from "../layers/lastStep.js";
import { type Layer, specify } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { composed } from "./composed.js";

/** Configuration of a one-to-one network. */
export interface OneToOneOptions {
  /** Input features. */
  readonly inputSize: number;
  /** Hidden units. */
  readonly units: number;
  /** Outputs. */
  readonly outputSize: number;
  /** Hidden layers; default 1. */
  readonly layers?: number;
  /** f of the hidden layers; default `tanh`. */
  readonly activation?: Activation;
}

/** One step in, one answer out: a feed-forward network. */
export const oneToOneDefinition = /* @__PURE__ */ composed<OneToOneOptions>({
  type: "oneToOne",
  expand({ units, outputSize, layers = 1, activation = "tanh" }) {
    const hidden = Array.from({ length: layers }, (_, index) =>
      dense(units, { activation, name: index === 0 ? "hidden" : `hidden${index}` }),
    );
    return sequential(lastStep(), ...hidden, dense(outputSize, { name: "head" }));
  },
  inputSize: ({ inputSize }) => inputSize,
  reads: () => stepInput,
  make: (config) => oneToOne(config),
  describe: ({ units }) => `oneToOne(${units})`,
});

/**
 * One step in, one answer out, the network without memory that the others unfold: [batch, inputSize] gives
 * [batch, outputSize].
 *   h = f(W_x x + b_h)      y = W_y h + b_y
 *
 * @example
 * const model = new Model(oneToOne({ inputSize: 4, units: 16, outputSize: 3 }));
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function oneToOne(options: OneToOneOptions): Layer<OneToOneOptions> {
  requireKnownOptions("oneToOne", options, ["inputSize", "units", "outputSize", "layers", "activation"]);
  requireInteger("inputSize of oneToOne", options.inputSize);
  requireInteger("units of oneToOne", options.units, 1, 65536);
  requireInteger("outputSize of oneToOne", options.outputSize, 1, 65536);
  requireInteger("layers of oneToOne", options.layers ?? 1, 1, 64);
  oneToOneDefinition.output(options, { width: options.inputSize, each: "step" });
  return specify(oneToOneDefinition, { ...options });
}
