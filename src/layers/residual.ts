import { ShapeError } from "../errors.js";
import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import {
  definitionOf,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  planLayer,
  reversed,
  specify,
  specifyNamed,
} from "./layer.js";
import { merges } from "./merge.js";
import { newRows, rowRange } from "./moveRows.js";

/** Configuration of a residual connection. */
export interface ResidualConfig {
  /** What the input goes round; its output is as wide as its input. */
  readonly layer: Layer;
}

/** A layer's input added to its output. */
export const residualDefinition: LayerDefinition<ResidualConfig> = {
  type: "residual",
  output({ layer }, input) {
    const definition = definitionOf(layer);
    // A final state would go without what is added.
    const { stateWidth: _, ...output } = definition.output(layer.config, input);
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
  make: ({ layer }, name) => residual(layer, { name }),
  drawing: () => ({ kind: "bypass" }),
  describe: ({ layer }) => `residual ${definitionOf(layer).describe(layer.config)}`,
};

/**
 * A layer with its input added to its output: y = x + f(x) (He et al. 2016). Both must have the same width.
 *
 * @example
 * sequential(lstm(32), residual(lstm(32)), residual(lstm(32)), lastStep(), dense(1));
 * @param options `name` in paths and files, default that of the layer
 * @throws ArgumentError when it is no layer or an option is unknown; where a model is made, ShapeError when widths differ
 */
export function residual(layer: Layer, options: NameOptions = {}): Layer<ResidualConfig> {
  definitionOf(layer);
  return specifyNamed(residualDefinition, { layer }, options, layer.name);
}

function planResidual({ layer }: ResidualConfig, input: Rows, planner: Planner): LayerRun {
  const run = planLayer(layer, input, planner.child(""));
  const { layout, width } = input;
  const inner = run.output;
  const output: Rows = { ...inner, ...newRows(planner.region, layout, width, planner.training) };
  const parts = [inner, input];
  return {
    output,
    states: run.states,
    pack: () => run.pack(),
    begin: () => run.begin(),
    forward(from, to) {
      run.forward(from, to);
      merges.sum.forward(output, parts, ...rowRange(layout, from, to));
    },
    backward(from, to) {
      const [start, rows] = rowRange(layout, from, to);
      merges.sum.backward(output, [inner], start, rows);
      run.backward(from, to);
      const { gradient, gradientStride } = input;
      if (gradient === 0) return;
      const [at, own] = [output.gradient + start * output.gradientStride, gradient + start * gradientStride];
      core().addRows(own, gradientStride, at, output.gradientStride, rows, output.gradientStride, 1);
    },
    gradients: (from, to) => run.gradients(from, to),
  };
}
