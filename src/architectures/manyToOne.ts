import type { Activation } from "../activations.js";
import type { CellDefinition } from "../cells/cell.js";
import { type CellName, cells } from "../cells/index.js";
import { ArgumentError } from "../errors.js";
import { dense } from "../layers/dense.js";
import { lastStep } from "../layers/lastStep.js";
import { type Layer, type LayerDefinition, specify } from "../layers/layer.js";
import { recurrent } from "../layers/recurrent.js";
import { type SequentialConfig, sequential, sequentialDefinition } from "../layers/sequential.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";

/** Configuration of a many-to-one network. */
export interface ManyToOneOptions {
  /** Name of the cell. */
  readonly cell: CellName;
  /** Input features a step. */
  readonly inputSize: number;
  /** Hidden units of each recurrent layer. */
  readonly units: number;
  /** Outputs of the dense layer at the end. */
  readonly outputSize: number;
  /** Recurrent layers on top of each other; default 1. */
  readonly layers?: number;
  /** Activation of an Elman cell; default `tanh`. */
  readonly activation?: Activation;
}

/** A sequence in, one answer out: recurrent layers, the last step, a dense layer. */
export const manyToOneDefinition: LayerDefinition<ManyToOneOptions> = {
  type: "manyToOne",
  inputSize: (config) => config.inputSize,
  output: (config, input) => sequentialDefinition.output(expand(config).config, input),
  parameters: () => [],
  children: (config, input) => sequentialDefinition.children?.(expand(config).config, input) ?? [],
  plan: (config, input, planner) => sequentialDefinition.plan(expand(config).config, input, planner),
  make: (config) => manyToOne(config),
  describe: (config) => `manyToOne(${config.cell} ${config.units})`,
};

function expand({ cell, units, outputSize, layers = 1, activation }: ManyToOneOptions): Layer<SequentialConfig> {
  const own = activation === undefined ? {} : { activation };
  const stack = Array.from({ length: layers }, (_, index) =>
    recurrent(cells[cell] as CellDefinition, units, { ...own, name: index === 0 ? "rnn" : `rnn${index}` }),
  );
  return sequential(...stack, lastStep(), dense(outputSize, { name: "head" }));
}

/**
 * A sequence in, one answer out: [batch, time, inputSize] gives [batch, outputSize] from the last step of each sequence.
 *
 * @example
 * const model = new Model(manyToOne({ cell: "elman", inputSize: 1, units: 16, outputSize: 1, activation: "tanh" }));
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function manyToOne(options: ManyToOneOptions): Layer<ManyToOneOptions> {
  requireKnownOptions("manyToOne", options, ["cell", "inputSize", "units", "outputSize", "layers", "activation"]);
  if (typeof options.cell !== "string" || !Object.hasOwn(cells, options.cell)) {
    throw new ArgumentError(
      `cell of manyToOne must be one of ${Object.keys(cells).join(", ")}, received ${describe(options.cell)}.`,
    );
  }
  requireInteger("inputSize of manyToOne", options.inputSize);
  requireInteger("layers of manyToOne", options.layers ?? 1, 1, 64);
  expand(options);
  return specify(manyToOneDefinition, { ...options });
}
