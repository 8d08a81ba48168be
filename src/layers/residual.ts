import { ShapeError } from "../errors.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import {
  definitionOf,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type Planner,
  reversed,
  specify,
} from "./layer.js";

/** Configuration of a residual connection. */
export interface ResidualConfig {
  readonly layer: Layer;
}

/** A layer's input added to its output. */
export const residualDefinition: LayerDefinition<ResidualConfig> = {
  type: "residual",
  output({ layer }, input) {
    const definition = definitionOf(layer);
    const output = definition.output(layer.config, input);
    if (output.width === input.width && output.each === input.each) return output;
    const name = definition.describe(layer.config);
    throw new ShapeError(
      `residual adds input and output of ${name}, but their widths are ${input.width} and ${output.width}.`,
    );
  },
  parameters: () => [],
  children: ({ layer }, input) => [{ path: "", layer, input }],
  plan: planResidual,
  reverse: ({ config, name }) => specify(residualDefinition, { layer: reversed(config.layer) }, name),
  make: ({ layer }) => residual(layer),
  describe: ({ layer }) => `residual ${definitionOf(layer).describe(layer.config)}`,
};

/**
 * A layer with its input added to its output: y = x + f(x) (He et al. 2016). Both must have the same width.
 *
 * @example
 * sequential(lstm(32), residual(lstm(32)), residual(lstm(32)), lastStep(), dense(1));
 * @throws ArgumentError when it is no layer
 */
export function residual(layer: Layer): Layer<ResidualConfig> {
  definitionOf(layer);
  return specify(residualDefinition, { layer }, layer.name);
}

function planResidual({ layer }: ResidualConfig, input: Rows, planner: Planner): LayerRun {
  const { region, training } = planner;
  const run = definitionOf(layer).plan(layer.config, input, planner.child(""));
  const bytes = 4 * padded(input.width);
  const { layout } = input;
  const room = () => region.bytes(layout.capacity.rows * bytes);
  const output: Rows = {
    ...run.output,
    address: room(),
    gradient: training ? room() : 0,
    stride: bytes,
    gradientStride: bytes,
  };
  const inner = run.output;
  return {
    ...run,
    output,
    forward(from, to) {
      run.forward(from, to);
      const { rows } = layout;
      core().scaleRows(output.address, bytes, inner.address, inner.stride, rows, bytes, 1);
      core().addRows(output.address, bytes, input.address, input.stride, rows, bytes, 1);
    },
    backward(from, to) {
      const { rows } = layout;
      core().scaleRows(inner.gradient, inner.gradientStride, output.gradient, bytes, rows, bytes, 1);
      run.backward(from, to);
      if (input.gradient !== 0)
        core().addRows(input.gradient, input.gradientStride, output.gradient, bytes, rows, bytes, 1);
    },
  };
}
