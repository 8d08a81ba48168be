import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError } from "../errors.js";
import { type InitializerName, initializer } from "../initializers.js";
import { elements, requireInteger, requireKnownOptions } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";
import { type Flow, type Layer, type LayerDefinition, specify } from "./layer.js";
import { planRecurrent } from "./recurrentRun.js";

/** Options of every recurrent layer, beside those of its cell. */
export interface RecurrentOptions {
  /** Name in paths and files. */
  readonly name?: string;
  /** Whether there are biases; default true. */
  readonly bias?: boolean;
  /** `"reverse"` reads each sequence from its end; outputs stay in the order of time. Default `"forward"`. */
  readonly direction?: "forward" | "reverse";
  /** Initial values of `weight_ih`, block by block; default `glorot`. */
  readonly inputInitializer?: InitializerName;
  /** Initial values of `weight_hh`, block by block; default `orthogonal`. */
  readonly recurrentInitializer?: InitializerName;
  /** Initial values of both biases; default `zeros`. */
  readonly biasInitializer?: InitializerName;
  /** What is added to the input bias of forget gates at first; default 1. */
  readonly forgetBias?: number;
}

/** Configuration of a recurrent layer as it is saved. */
export interface RecurrentConfig {
  readonly cell: string;
  readonly units: number;
  readonly bias: boolean;
  readonly direction: "forward" | "reverse";
  readonly inputInitializer: InitializerName;
  readonly recurrentInitializer: InitializerName;
  readonly biasInitializer: InitializerName;
  readonly forgetBias: number;
  readonly [cellOption: string]: unknown;
}

const LAYER_OPTIONS = [
  "name",
  "bias",
  "direction",
  "inputInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "forgetBias",
] as const;

/** The recurrent layer of one cell. */
export function recurrentDefinition<Own extends object>(cell: CellDefinition<Own>): LayerDefinition<RecurrentConfig & Own> {
  return {
    type: "recurrent",
    output: (config) => ({ width: config.units, each: "step" }),
    parameters: (config, input) => recurrentParameters(cell as CellDefinition, config, input),
    plan: (config, input, planner) => planRecurrent(cell as CellDefinition, config, input, planner),
    describe: (config) => `${cell.name}(${config.units}${config.direction === "reverse" ? ", reverse" : ""})`,
  };
}

/**
 * A layer of any cell over time: input [batch, time, D] gives output [batch, time, units].
 *
 * @param units hidden units H
 * @example
 * const layer = recurrent(gruCell, 32);
 * @throws ArgumentError when an option is unknown or out of range
 */
export function recurrent<Own extends object>(
  cell: CellDefinition<Own>,
  units: number,
  options: RecurrentOptions & Partial<Own> = {},
): Layer<RecurrentConfig & Own> {
  requireInteger(`units of ${cell.name}`, units, 1, 65536);
  requireKnownOptions(`${cell.name}(${units})`, options, [...LAYER_OPTIONS, ...cell.options]);
  const { bias = true, direction = "forward" } = options;
  if (typeof bias !== "boolean") throw new ArgumentError(`bias of ${cell.name}(${units}) must be true or false, received ${String(bias)}.`);
  if (direction !== "forward" && direction !== "reverse") {
    throw new ArgumentError(`direction of ${cell.name}(${units}) must be "forward" or "reverse", received ${JSON.stringify(direction)}.`);
  }
  const { inputInitializer = "glorot", recurrentInitializer = "orthogonal", biasInitializer = "zeros", forgetBias = 1 } = options;
  for (const name of [inputInitializer, recurrentInitializer, biasInitializer]) initializer(name);
  if (!Number.isFinite(forgetBias)) throw new ArgumentError(`forgetBias of ${cell.name}(${units}) must be a finite number, received ${forgetBias}.`);
  const own = cell.configure(options as Readonly<Record<string, unknown>>);
  const config = { cell: cell.name, units, bias, direction, inputInitializer, recurrentInitializer, biasInitializer, forgetBias, ...own };
  return specify(recurrentDefinition(cell), config, options.name);
}

function recurrentParameters(cell: CellDefinition, config: RecurrentConfig, input: Flow): ParameterSpec[] {
  const { units, inputInitializer, recurrentInitializer, biasInitializer } = config;
  const rows = cell.gates.length * units;
  const suffix = config.direction === "reverse" ? "_l0_reverse" : "_l0";
  const inBlocks = (name: InitializerName): ParameterSpec["initialize"] => {
    const fill = initializer(name);
    return (address, shape, key) => {
      const block = [units, ...shape.slice(1)];
      cell.gates.forEach((_, gate) => {
        fill(address + 4 * gate * elements(block), block, [key[0], (key[1] + gate) >>> 0], units);
      });
    };
  };
  const weights: ParameterSpec[] = [
    { name: `weight_ih${suffix}`, shape: [rows, input.width], initialize: inBlocks(inputInitializer) },
    { name: `weight_hh${suffix}`, shape: [rows, units], initialize: inBlocks(recurrentInitializer) },
  ];
  if (!config.bias) return weights;
  const bias = inBlocks(biasInitializer);
  return [
    ...weights,
    { name: `bias_ih${suffix}`, shape: [rows], initialize: withForgetBias(bias, cell, config) },
    { name: `bias_hh${suffix}`, shape: [rows], initialize: bias },
  ];
}

/** The same initial values, and the forget bias on top of them. */
function withForgetBias(
  fill: ParameterSpec["initialize"],
  cell: CellDefinition,
  { units, forgetBias }: RecurrentConfig,
): ParameterSpec["initialize"] {
  return (address, shape, key) => {
    fill(address, shape, key);
    for (const gate of cell.forgetGates) {
      const start = (address >> 2) + cell.gates.indexOf(gate) * units;
      for (let unit = start; unit < start + units; unit++) floats[unit] = (floats[unit] as number) + forgetBias;
    }
  };
}
