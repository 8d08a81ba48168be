import type { CellDefinition } from "../cells/cell.js";
import { ArgumentError } from "../errors.js";
import { type InitializerName, initializer } from "../initializers.js";
import {
  MOST_FLOAT32,
  requireFlag,
  requireInteger,
  requireKnownOptions,
  requireNumber,
  requireOneOf,
  requireRate,
} from "../shape.js";

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
  /**
   * What is added to the input bias of forget gates at first; default 1. `{ longest: T }` spreads the units over all times up to T
   * steps, the chrono initialisation (Tallec & Ollivier 2018): b = ln u with u uniform in [1, T − 1] for gates that keep the
   * state, −b for those that write into it.
   */
  readonly forgetBias?: number | ChronoBias;
  /**
   * Width P of a projection of the hidden state, h = W_hr h_cell (Sak et al. 2014): output and recurrent input have P features.
   * Not for cells that gate the state before their second product. Default none.
   */
  readonly projectionSize?: number | null;
  /** Share of h that is dropped before W_hh, one mask a sequence (Gal & Ghahramani 2016; Semeniuta et al. 2016); default 0. */
  readonly recurrentDropout?: number;
  /** Share of units that keep their old state at a step, for each state by name or for all (Krueger et al. 2017); default 0. */
  readonly zoneout?: number | Readonly<Record<string, number>>;
  /**
   * `"layer"` normalises W_ih x, W_hh h and, in an LSTM, the cell state on its way to the output over their units, with a gain and
   * the biases as shifts (Ba, Kiros & Hinton 2016): steps stay of one size in deep stacks and long sequences. Of a single input
   * feature only the sign is left, so not in the first layer of such a network. Default `"none"`.
   */
  readonly normalization?: "none" | "layer";
  /** What a sequence begins with: zeros, or values learned with the weights. Default `"zero"`. */
  readonly initialState?: "zero" | "learned";
}

/** Biases with which the units of a gated layer keep their states for different times. */
export interface ChronoBias {
  /** Steps of the longest dependence in the data, 3 or more. */
  readonly longest: number;
}

/** Configuration of a recurrent layer as it is saved. */
export interface RecurrentConfig {
  /** Name of its cell in `cells`. */
  readonly cell: string;
  /** Hidden units H. */
  readonly units: number;
  /** Whether both products have a bias. */
  readonly bias: boolean;
  /** Which end of a sequence it begins at. */
  readonly direction: "forward" | "reverse";
  /** What `weight_ih` began as. */
  readonly inputInitializer: InitializerName;
  /** What `weight_hh` began as. */
  readonly recurrentInitializer: InitializerName;
  /** What both biases began as. */
  readonly biasInitializer: InitializerName;
  /** What was added to the input biases of forget gates, or of all that pace a state, at first. */
  readonly forgetBias: number | ChronoBias;
  /** Width P of the projected hidden state; `null` where the state keeps its H units. */
  readonly projectionSize: number | null;
  /** Share of h that is dropped before W_hh in training. */
  readonly recurrentDropout: number;
  /** By state. */
  readonly zoneout: Readonly<Record<string, number>>;
  /** What normalises the products of a step. */
  readonly normalization: "none" | "layer";
  /** What a sequence begins with where it is given no state. */
  readonly initialState: "zero" | "learned";
  readonly [cellOption: string]: unknown;
}

/** Names of these options. */
export const layerOptionNames = [
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
  "normalization",
  "initialState",
] as const;

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
  | "normalization"
  | "initialState"
>;

/** The options that every cell has, checked. */
export function commonConfig(owner: string, cell: CellDefinition, options: RecurrentOptions): CommonConfig {
  const { bias = true, direction = "forward", initialState = "zero", forgetBias = 1 } = options;
  const { normalization = "none" } = options;
  const { inputInitializer = "glorot", recurrentInitializer = "orthogonal", biasInitializer = "zeros" } = options;
  requireFlag(`bias of ${owner}`, bias);
  requireOneOf(`direction of ${owner}`, direction, ["forward", "reverse"]);
  requireOneOf(`normalization of ${owner}`, normalization, ["none", "layer"]);
  requireOneOf(`initialState of ${owner}`, initialState, ["zero", "learned"]);
  for (const name of [inputInitializer, recurrentInitializer, biasInitializer]) initializer(name);
  return {
    bias,
    direction,
    inputInitializer,
    recurrentInitializer,
    biasInitializer,
    forgetBias: forgetBiasOf(owner, cell, bias, forgetBias),
    projectionSize: projectionOf(owner, cell, options.projectionSize ?? null),
    recurrentDropout: recurrentDropoutOf(owner, cell, options.recurrentDropout ?? 0),
    zoneout: zoneoutOf(owner, cell, options.zoneout ?? 0),
    normalization,
    initialState,
  };
}

function forgetBiasOf(
  owner: string,
  cell: CellDefinition,
  bias: boolean,
  given: number | ChronoBias,
): number | ChronoBias {
  if (typeof given !== "object") return requireNumber(`forgetBias of ${owner}`, given, -MOST_FLOAT32, MOST_FLOAT32);
  requireKnownOptions(`forgetBias of ${owner}`, given, ["longest"]);
  const longest = requireInteger(`longest in forgetBias of ${owner}`, given.longest, 3);
  if (!bias) throw new ArgumentError(`${owner} has no biases for forgetBias to spread: leave out bias: false.`);
  if (cell.paces !== undefined) return { longest };
  throw new ArgumentError(`${owner} has no gate whose bias sets how long a state is kept: forgetBias is a number.`);
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
