import { initializer } from "../initializers.js";
import { requireFlag, requireKnownOptions, requireNumber } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";
import { newRows, rowRange } from "./moveRows.js";
import { absent, gainSpec, hatRows, writeNorm } from "./normPlan.js";

/** Configuration of a layer normalisation as it is saved. */
export interface LayerNormConfig {
  /** What is added to the variance. */
  readonly epsilon: number;
  /** Whether there is a shift behind the gain. */
  readonly bias: boolean;
}

/** Options of a layer normalisation. */
export interface LayerNormOptions extends Partial<LayerNormConfig> {
  /** Name in paths and files. */
  readonly name?: string;
}

/** Each row normalised over its features: `assembly/layers/layerNorm.ts`. */
export const layerNormDefinition: LayerDefinition<LayerNormConfig> = {
  type: "layerNorm",
  // A final state would pass it by, and shares of 1 are none behind it.
  output: (_config, { stateWidth: _, squashedBy: __, ...input }) => input,
  parameters({ bias }, { width }) {
    const gain = gainSpec("weight", width);
    const shift = { name: "bias", shape: [width], initialize: initializer("zeros") as ParameterSpec["initialize"] };
    return bias ? [gain, shift] : [gain];
  },
  products: () => 0,
  plan: planLayerNorm,
  make: (config, name) => layerNorm({ ...config, name }),
  describe: () => "layerNorm",
};

/**
 * Layer normalisation of every row over its features (Ba, Kiros & Hinton 2016), [batch, time, D] or [batch, D] as it is, as PyTorch's
 * `nn.LayerNorm(D)`:
 *   y = weight ⊙ (x − mean) / √(σ² + epsilon) + bias
 * Between the layers of deep stacks, with `residual`, it keeps their inputs of one size. Inside a recurrent layer the option
 * `normalization: "layer"` does the same to the products of every step.
 *
 * @param options `epsilon`, default 1e-5 (Keras: 1e-3); `bias`, default true; `name`
 * @example
 * sequential(lstm(32), layerNorm(), residual(lstm(32)), layerNorm(), lastStep(), dense(1));
 * @throws ArgumentError when an option is unknown or out of range
 */
export function layerNorm(options: LayerNormOptions = {}): Layer<LayerNormConfig> {
  requireKnownOptions("layerNorm", options, ["name", "epsilon", "bias"]);
  const { epsilon = 1e-5, bias = true } = options;
  requireNumber("epsilon of layerNorm", epsilon, 1e-12, 1);
  requireFlag("bias of layerNorm", bias);
  return specify(layerNormDefinition, { epsilon, bias }, options.name);
}

function planLayerNorm({ epsilon, bias }: LayerNormConfig, input: Rows, planner: Planner): LayerRun {
  const { layout, width } = input;
  const { region, training } = planner;
  const output = newRows(region, layout, width, training);
  const { address, stride } = output;
  const plan = writeNorm(planner, {
    ...{ blocks: 1, units: width, epsilon },
    gain: planner.parameter("weight"),
    bias: bias ? planner.parameter("bias") : absent,
    biasRow: region.words(padded(width)),
    hat: hatRows(planner, layout, padded(width)),
    dY: { address: output.gradient, stride: output.gradientStride },
    dA: { address: input.gradient, stride: input.gradientStride },
  });
  return {
    output,
    states: [],
    pack: () => core().layerNormPack(plan),
    begin() {},
    forward(from, to) {
      const [start, rows] = rowRange(layout, from, to);
      const at = address + start * stride;
      core().copyRows(at, stride, input.address + start * input.stride, input.stride, rows, stride);
      core().layerNormForward(plan, start, rows, at, stride);
    },
    backward(from, to) {
      if (input.gradient !== 0) core().layerNormBackward(plan, ...rowRange(layout, from, to));
    },
    gradients: (from, to) => core().layerNormGradients(plan, ...rowRange(layout, from, to)),
  };
}
