import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import type { Rows } from "../tensor/rows.js";
import {
  definitionOf,
  type Flow,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type Planner,
  reversed,
  specify,
} from "./layer.js";

/** Configuration of a chain of layers. */
export interface SequentialConfig {
  readonly layers: readonly Layer[];
}

/** A chain of layers. */
export const sequentialDefinition: LayerDefinition<SequentialConfig> = {
  type: "sequential",
  output: (config, input) => flows(config, input).at(-1) as Flow,
  parameters: () => [],
  children(config, input) {
    const inputs = flows(config, input);
    return config.layers.map((layer, index) => ({ path: pathOf(layer, index), layer, input: inputs[index] as Flow }));
  },
  plan: planSequential,
  reverse: ({ config, name }) => chainOf(config.layers.map(reversed), name),
  make: ({ layers }, name) => chainOf(layers, name),
  describe: (config) => `sequential of ${config.layers.length}`,
};

/** The input of each layer, and last the output of the chain. */
function flows(config: SequentialConfig, input: Flow): Flow[] {
  const found = [input];
  for (const layer of config.layers) {
    found.push(definitionOf(layer).output(layer.config, found[found.length - 1] as Flow));
  }
  return found;
}

function pathOf(layer: Layer, index: number): string {
  return layer.name ?? String(index);
}

/**
 * Layers one after the other. Paths of their parameters begin with the layer's name, or else its place: `0.weight_ih_l0`.
 *
 * @example
 * sequential(gru(32), gru(32), lastStep(), dense(3));
 * @throws ArgumentError when there is no layer, or two have one name
 */
export function sequential(...layers: readonly Layer[]): Layer<SequentialConfig> {
  return chainOf(layers);
}

function chainOf(layers: readonly Layer[], name?: string): Layer<SequentialConfig> {
  if (!Array.isArray(layers) || layers.length === 0)
    throw new ArgumentError(`sequential needs at least one layer, received ${describe(layers)}.`);
  const paths = new Set<string>();
  layers.forEach((layer, index) => {
    definitionOf(layer);
    const path = pathOf(layer, index);
    if (paths.has(path))
      throw new ArgumentError(`sequential has two layers named "${path}"; names within it must differ.`);
    paths.add(path);
  });
  return specify(sequentialDefinition, { layers: Object.freeze([...layers]) }, name);
}

function planSequential(config: SequentialConfig, input: Rows, planner: Planner): LayerRun {
  let rows = input;
  const runs = config.layers.map((layer, index) => {
    const run = definitionOf(layer).plan(layer.config, rows, planner.child(pathOf(layer, index)));
    rows = run.output;
    return run;
  });
  return chain(runs, input, rows);
}

/** Layers that give one row a sequence end the time of those before them: what follows has a single step. */
function chain(runs: readonly LayerRun[], input: Rows, output: Rows): LayerRun {
  const inTime = runs.map(
    (_, index) => (index === 0 ? input : (runs[index - 1] as LayerRun).output).layout === input.layout,
  );
  const last = runs.length - 1;
  return {
    output,
    states: runs.flatMap((run) => run.states),
    pack() {
      for (const run of runs) run.pack();
    },
    begin() {
      for (const run of runs) run.begin();
    },
    forward(from, to) {
      for (let index = 0; index <= last; index++) {
        if (inTime[index]) (runs[index] as LayerRun).forward(from, to);
        else (runs[index] as LayerRun).forward(0, 1);
      }
    },
    backward(from, to) {
      for (let index = last; index >= 0; index--) {
        if (inTime[index]) (runs[index] as LayerRun).backward(from, to);
        else (runs[index] as LayerRun).backward(0, 1);
      }
    },
    gradients(from, to) {
      for (let index = 0; index <= last; index++) {
        if (inTime[index]) (runs[index] as LayerRun).gradients(from, to);
        else (runs[index] as LayerRun).gradients(0, 1);
      }
    },
  };
}
