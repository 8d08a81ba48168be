import { ShapeError } from "../errors.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import {
  definitionOf,
  type Flow,
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
import { clearGradientRows, newRows, rowRange } from "./moveRows.js";

/** Configuration of what is said at every step. */
export interface EveryStepConfig {
  /** Gives one row a sequence. */
  readonly layer: Layer;
}

/** The only row of a sequence at each of its steps. */
export const everyStepDefinition: LayerDefinition<EveryStepConfig> = {
  type: "everyStep",
  output: outputOf,
  parameters: () => [],
  children: ({ layer }, input) => [{ path: "", layer, input }],
  plan: planEveryStep,
  cannotStep: () => "its row is made from all steps of a sequence together.",
  reverse: ({ config, name }) => specify(everyStepDefinition, { layer: reversed(config.layer) }, name),
  make: ({ layer }, name) => everyStep(layer, { name }),
  drawing: () => ({ kind: "spread" }),
  describe: ({ layer }) => `everyStep ${definitionOf(layer).describe(layer.config)}`,
};

/**
 * What a layer makes of a whole sequence, at every step of it: [batch, width] becomes [batch, time, width] with the steps of the input,
 * as Keras's `RepeatVector` has them. So an autoencoder squeezes a sequence into a row and unfolds it again; beside the input it
 * tells every step of the whole.
 *
 * @example
 * const code = sequential(lstm(16), finalState(), dense(4));
 * const autoencoder = sequential(everyStep(code), lstm(16), dense(3));   // [batch, time, 3] from [batch, time, 3]
 * const inContext = sequential(concatenate(columns(0, 3), everyStep(sequential(gru(8), mean()))), dense(1));
 * @param options `name` in paths and files, default that of the layer
 * @throws ArgumentError when it is no layer or an option is unknown; where a model is made, ShapeError when the layer gives more than
 *   one row a sequence
 */
export function everyStep(layer: Layer, options: NameOptions = {}): Layer<EveryStepConfig> {
  definitionOf(layer);
  return specifyNamed(everyStepDefinition, { layer }, options, layer.name);
}

function outputOf({ layer }: EveryStepConfig, input: Flow): Flow {
  const definition = definitionOf(layer);
  const { stateWidth: _, ...output } = definition.output(layer.config, input);
  if (input.each === "step" && output.each === "sequence") return { ...output, each: "step" };
  const reason =
    input.each === "step"
      ? `${definition.describe(layer.config)} gives [batch, time, ${output.width}]: end it with finalState(), lastStep(), mean() or max()`
      : `receives [batch, ${input.width}]: the steps are already gone`;
  throw new ShapeError(`everyStep takes one row a sequence to all its steps, but ${reason}.`);
}

function planEveryStep({ layer }: EveryStepConfig, input: Rows, planner: Planner): LayerRun {
  const run = planLayer(layer, input, planner.child(""));
  const { layout } = input;
  const row = run.output;
  const output = newRows(planner.region, layout, row.width, planner.training);
  const bytes = 4 * padded(row.width);
  return {
    output,
    states: run.states,
    pack: () => run.pack(),
    begin: () => run.begin(),
    forward(from, to) {
      run.forward(from, to);
      for (let step = 0; step < layout.steps; step++) {
        const [start, rows] = rowRange(layout, step, step + 1);
        core().copyRows(output.address + start * output.stride, output.stride, row.address, row.stride, rows, bytes);
      }
    },
    backward(from, to) {
      clearGradientRows(row);
      for (let step = 0; step < layout.steps; step++) {
        const [start, rows] = rowRange(layout, step, step + 1);
        const at = output.gradient + start * output.gradientStride;
        core().addRows(row.gradient, row.gradientStride, at, output.gradientStride, rows, bytes, 1);
      }
      run.backward(from, to);
    },
    gradients: (from, to) => run.gradients(from, to),
  };
}
