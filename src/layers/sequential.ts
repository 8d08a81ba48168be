import type { InputKind } from "../data/inputKind.js";
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
  planLayer,
  reversed,
  specify,
  takesTokens,
} from "./layer.js";

/** Configuration of a chain of layers. */
export interface SequentialConfig {
  /** In the order of computation. */
  readonly layers: readonly Layer[];
}

/** A chain of layers. */
export const sequentialDefinition: LayerDefinition<SequentialConfig> = {
  type: "sequential",
  inputSize({ layers: [first] }) {
    return first && definitionOf(first).inputSize?.(first.config);
  },
  reads: ({ layers }) => readsOf(layers),
  takesTokens: ({ layers: [first] }) => takesTokens(first as Layer),
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

/** What the first layer reads that does not merely hand on features of the input. */
function readsOf(layers: readonly Layer[]): InputKind | undefined {
  let first = 0;
  for (const [index, layer] of layers.entries()) {
    const { reads, passesFrom } = definitionOf(layer);
    const kind = reads?.(layer.config);
    if (kind !== undefined) return index === 0 ? kind : kind.from?.(first);
    if (passesFrom === undefined) return undefined;
    first += passesFrom(layer.config);
  }
  return undefined;
}

function pathOf(layer: Layer, index: number): string {
  return layer.name ?? String(index);
}

/**
 * Layers one after the other. Paths of their parameters begin with the layer's name, or else its place: `0.weight_ih_l0`.
 * Recurrent layers answer at every step; for one answer a sequence `lastStep()`, `finalState()`, `mean()` or `max()` follows the last.
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
  let isPassed = true;
  layers.forEach((layer, index) => {
    requirePlace(layer, index, isPassed);
    isPassed &&= definitionOf(layer).passesFrom !== undefined;
    const path = pathOf(layer, index);
    if (paths.has(path))
      throw new ArgumentError(`sequential has two layers named "${path}"; names within it must differ.`);
    paths.add(path);
  });
  return specify(sequentialDefinition, { layers: Object.freeze([...layers]) }, name);
}

/**
 * @param isPassed whether the layers before it hand on features of the input as they are
 * @throws ArgumentError when a layer cannot be at a place of a chain
 */
function requirePlace(layer: Layer, index: number, isPassed: boolean): void {
  const { answers, reads, describe: say } = definitionOf(layer);
  if (answers !== undefined)
    throw new ArgumentError(`${say(layer.config)} answers at steps of its own: it is a network and no part of one.`);
  if (!isPassed && reads?.(layer.config)?.vocabularySize !== undefined)
    throw new ArgumentError(
      `${say(layer.config)} reads token numbers: it must be the first layer, not number ${index}.`,
    );
}

function planSequential(config: SequentialConfig, input: Rows, planner: Planner): LayerRun {
  let rows = input;
  const runs = config.layers.map((layer, index) => {
    const next = config.layers[index + 1];
    const skipsValues = next !== undefined && takesTokens(next);
    const run = planLayer(layer, rows, { ...planner.child(pathOf(layer, index)), skipsValues });
    rows = run.output;
    return run;
  });
  return chain(runs, input, rows);
}

/** Layers that give one row a sequence end the time of those before them: what follows has a single step. */
function chain(runs: readonly LayerRun[], input: Rows, output: Rows): LayerRun {
  const reads = [input, ...runs.map((run) => run.output)];
  /** How many layers, from the first, go through the steps of the input. */
  const inTime = runs.filter((_, index) => (reads[index] as Rows).layout === input.layout).length;
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
      for (let index = 0; index < runs.length; index++) {
        if (index < inTime) (runs[index] as LayerRun).forward(from, to);
        else (runs[index] as LayerRun).forward(0, 1);
      }
    },
    backward(from, to) {
      for (let index = runs.length - 1; index >= 0; index--) {
        if (index < inTime) (runs[index] as LayerRun).backward(from, to);
        else (runs[index] as LayerRun).backward(0, 1);
      }
    },
    gradients(from, to) {
      for (let index = 0; index < runs.length; index++) {
        if (index < inTime) (runs[index] as LayerRun).gradients(from, to);
        else (runs[index] as LayerRun).gradients(0, 1);
      }
    },
  };
}
