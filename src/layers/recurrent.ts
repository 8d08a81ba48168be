import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError } from "../errors.js";
import { type InitializerName, initializer } from "../initializers.js";
import { describe, elements, requireInteger, requireKnownOptions, requireNumber } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";
import { requireRate } from "./dropout.js";
import { type Flow, type Layer, type LayerDefinition, specify } from "./layer.js";
import { stateParts } from "./recurrentGeometry.js";
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
  /**
   * Width P of a projection of the hidden state, h = W_hr h_cell (Sak et al. 2014): output and recurrent input have P features.
   * Not for cells that gate the state before their second product. Default none.
   */
  readonly projectionSize?: number | null;
  /** Share of h that is dropped before W_hh, one mask a sequence (Gal & Ghahramani 2016; Semeniuta et al. 2016); default 0. */
  readonly recurrentDropout?: number;
  /** Share of units that keep their old state at a step, for each state by name or for all (Krueger et al. 2017); default 0. */
  readonly zoneout?: number | Readonly<Record<string, number>>;
  /** What a sequence begins with: zeros, or values learned with the weights. Default `"zero"`. */
  readonly initialState?: "zero" | "learned";
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
  readonly projectionSize: number | null;
  readonly recurrentDropout: number;
  /** By state. */
  readonly zoneout: Readonly<Record<string, number>>;
  readonly initialState: "zero" | "learned";
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
  "projectionSize",
  "recurrentDropout",
  "zoneout",
  "initialState",
] as const;

/** The recurrent layer of one cell. */
export function recurrentDefinition<Own extends object>(
  cell: CellDefinition<Own>,
): LayerDefinition<RecurrentConfig & Own> {
  return {
    type: "recurrent",
    cell: cell as CellDefinition,
    output(config) {
      const width = config.projectionSize ?? config.units;
      return { width, each: "step", stateWidth: width };
    },
    parameters: (config, input) => recurrentParameters(cell as CellDefinition, config, input),
    plan: (config, input, planner) => planRecurrent(cell as CellDefinition, config, input, planner),
    reverse(layer) {
      const direction = layer.config.direction === "forward" ? "reverse" : "forward";
      return specify(recurrentDefinition(cell), { ...layer.config, direction }, layer.name);
    },
    make: ({ cell: _name, units, ...options }, name) =>
      recurrent(cell, units, { ...(options as RecurrentOptions & Partial<Own>), name }),
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
  const owner = `${cell.name}(${units})`;
  requireInteger(`units of ${cell.name}`, units, 1, 65536);
  requireKnownOptions(owner, options, [...LAYER_OPTIONS, ...cell.options]);
  const common = commonConfig(owner, cell as CellDefinition, options);
  const own = cell.configure(options as Readonly<Record<string, unknown>>);
  return specify(recurrentDefinition(cell), { cell: cell.name, units, ...common, ...own }, options.name);
}

/** What is not of the cell alone. */
type CommonConfig = Pick<
  RecurrentConfig,
  | "bias"
  | "direction"
  | "inputInitializer"
  | "recurrentInitializer"
  | "biasInitializer"
  | "forgetBias"
  | "projectionSize"
  | "recurrentDropout"
  | "zoneout"
  | "initialState"
>;

/** The options that every cell has, checked. */
function commonConfig(owner: string, cell: CellDefinition, options: RecurrentOptions): CommonConfig {
  const { bias = true, direction = "forward", initialState = "zero", forgetBias = 1 } = options;
  const { inputInitializer = "glorot", recurrentInitializer = "orthogonal", biasInitializer = "zeros" } = options;
  if (typeof bias !== "boolean")
    throw new ArgumentError(`bias of ${owner} must be true or false, received ${describe(bias)}.`);
  requireOneOf(`direction of ${owner}`, direction, ["forward", "reverse"]);
  requireOneOf(`initialState of ${owner}`, initialState, ["zero", "learned"]);
  for (const name of [inputInitializer, recurrentInitializer, biasInitializer]) initializer(name);
  requireNumber(`forgetBias of ${owner}`, forgetBias);
  return {
    bias,
    direction,
    inputInitializer,
    recurrentInitializer,
    biasInitializer,
    forgetBias,
    projectionSize: projectionOf(owner, cell, options.projectionSize ?? null),
    recurrentDropout: recurrentDropoutOf(owner, cell, options.recurrentDropout ?? 0),
    zoneout: zoneoutOf(owner, cell, options.zoneout ?? 0),
    initialState,
  };
}

function requireOneOf(owner: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new ArgumentError(
    `${owner} must be ${known.map((name) => `"${name}"`).join(" or ")}, received ${describe(value)}.`,
  );
}

function projectionOf(owner: string, cell: CellDefinition, size: number | null): number | null {
  if (size === null) return null;
  requireInteger(`projectionSize of ${owner}`, size, 1, 65536);
  if (cell.lateBlocks === 0) return size;
  throw new ArgumentError(`${owner} cannot project its hidden state: it gates the state before its second product.`);
}

function recurrentDropoutOf(owner: string, cell: CellDefinition, rate: number): number {
  requireRate(`recurrentDropout of ${owner}`, rate);
  if (rate === 0 || cell.recurrentBlocks > 0) return rate;
  throw new ArgumentError(`${owner} has no recurrent product whose input could be dropped.`);
}

function zoneoutOf(
  owner: string,
  cell: CellDefinition,
  given: number | Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const rates = typeof given === "number" ? Object.fromEntries(cell.states.map((state) => [state, given])) : given;
  requireKnownOptions(`zoneout of ${owner}`, rates, cell.states);
  return Object.fromEntries(cell.states.map((state) => [state, requireRate(`zoneout of ${owner}`, rates[state] ?? 0)]));
}

function recurrentParameters(cell: CellDefinition, config: RecurrentConfig, input: Flow): ParameterSpec[] {
  const { units, inputInitializer, recurrentInitializer, biasInitializer } = config;
  const rows = cell.gates.length * units;
  const recurrentRows = (cell.recurrentBlocks + cell.lateBlocks) * units;
  const suffix = config.direction === "reverse" ? "_l0_reverse" : "_l0";
  const inBlocks = blockwise(units);
  const own = cell.own?.(config);
  const bias = inBlocks(biasInitializer);
  const hidden = config.projectionSize ?? units;
  const specs: ParameterSpec[] = [
    { name: "weight_ih", shape: [rows, input.width], initialize: inBlocks(inputInitializer) },
  ];
  if (recurrentRows > 0)
    specs.push({ name: "weight_hh", shape: [recurrentRows, hidden], initialize: inBlocks(recurrentInitializer) });
  if (own !== undefined)
    specs.push({ name: own.name, shape: [own.blocks * units], initialize: inBlocks(own.initializer) });
  if (config.bias) specs.push({ name: "bias_ih", shape: [rows], initialize: withForgetBias(bias, cell, config) });
  if (config.bias && recurrentRows > 0) specs.push({ name: "bias_hh", shape: [recurrentRows], initialize: bias });
  if (config.projectionSize !== null) {
    const initialize: ParameterSpec["initialize"] = (address, shape, key) =>
      initializer(inputInitializer)(address, shape, key, units);
    specs.push({ name: "weight_hr", shape: [hidden, units], initialize });
  }
  if (config.initialState === "learned") {
    for (const { name, units: width } of stateParts(cell, config)) {
      specs.push({
        name: `initial_${name}`,
        shape: [width],
        initialize: initializer("zeros") as ParameterSpec["initialize"],
      });
    }
  }
  return specs.map((spec) => ({ ...spec, name: spec.name + suffix }));
}

/** Initial values one block of `units` rows at a time, each from a key of its own. */
function blockwise(units: number): (name: InitializerName) => ParameterSpec["initialize"] {
  return (name) => {
    const fill = initializer(name);
    return (address, shape, key) => {
      const block = [units, ...shape.slice(1)];
      for (let at = 0; at < (shape[0] as number); at += units) {
        const index = at / units;
        fill(address + 4 * index * elements(block), block, [key[0], (key[1] + index) >>> 0], units);
      }
    };
  };
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
