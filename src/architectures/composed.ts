import type { InputKind, Layer, LayerDefinition } from "../layers/layer.js";
import { type SequentialConfig, sequentialDefinition } from "../layers/sequential.js";

/** What makes an architecture that is a chain of layers. */
export interface Composition<Config extends object> {
  readonly type: string;
  /** The chain that a configuration stands for. */
  expand(config: Config): Layer<SequentialConfig>;
  inputSize(config: Config): number;
  /** What it reads, where the first layer does not tell. */
  reads?(config: Config): InputKind | undefined;
  make(config: Config): Layer<Config>;
  describe(config: Config): string;
}

/** The definition of an architecture that is a chain of layers: its configuration is saved, the chain runs. */
export function composed<Config extends object>({
  type,
  expand,
  inputSize,
  reads = (config) => sequentialDefinition.reads?.(expand(config).config),
  make,
  describe,
}: Composition<Config>): LayerDefinition<Config> {
  return {
    type,
    inputSize,
    reads,
    output: (config, input) => sequentialDefinition.output(expand(config).config, input),
    parameters: () => [],
    children: (config, input) => sequentialDefinition.children?.(expand(config).config, input) ?? [],
    plan: (config, input, planner) => sequentialDefinition.plan(expand(config).config, input, planner),
    make,
    describe,
  };
}
