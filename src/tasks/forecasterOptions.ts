import { type CellName, cells } from "../cells/index.js";
import { ArgumentError } from "../errors.js";
import { requireInteger, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import { DEFAULT_SEED, seedWords } from "../tensor/seed.js";
import { requireCallbacks } from "../training/courseSettings.js";
import { requireSignal } from "../training/fitSettings.js";
import { checkIntervals, type IntervalOptions, type IntervalSettings } from "./intervalOptions.js";
import type { Difference } from "./transform.js";

/** Networks of different seeds must not share one with the neighbouring seed's forecaster. */
export const SEED_STRIDE = 1_000_003;

/** Where the training of a forecaster stands. */
export interface ForecasterProgress {
  /**
   * `"validate"` finds the number of epochs on the last part of the training series; `"fit"` then uses all of it; `"interval"`
   * trains, in both ways, what intervals need besides.
   */
  readonly stage: "validate" | "fit" | "interval";
  /** Which network is being trained, from 1, of how many. */
  readonly network: number;
  /** Networks that this stage trains. */
  readonly networks: number;
  /** The pass over the training windows that is under way, from 1. */
  readonly epoch: number;
  /** Passes this stage makes at most. */
  readonly epochs: number;
  /** Mean squared error in the scaled transform: 1 is what forecasting the mean would give. Of quantiles, their loss. */
  readonly loss: number;
  /** The same of the windows held back; in stages that hold some back. */
  readonly validationLoss?: number;
  /** Share of the whole training done, at least. */
  readonly done: number;
  /** At most so many seconds more. */
  readonly secondsLeft: number;
}

/** How a forecaster is made. Everything that is chosen from data is chosen from the training series alone. */
export interface ForecasterOptions extends IntervalOptions {
  /** Transformed values the network sees; default a season, from 12 to 48, else 24; never over a quarter of the series. */
  lookback?: number;
  /** Values forecast when `predict` is not told otherwise, at most 65536; default 1. */
  horizon?: number;
  /** `"recursive"` takes each forecast for the truth; `"direct"` learns all of the horizon at once. Default recursive. */
  strategy?: "recursive" | "direct";
  /**
   * Steps in a season, `"none"`, or `"auto"`: the lag, up to 400 and a third of the series, at which its changes are most like
   * themselves, if their autocorrelation reaches 0.5 there. Default auto.
   */
  season?: number | "auto" | "none";
  /** Whether the logarithm is forecast; `"auto"`: when all values are positive and it steadies their spread. Default auto. */
  log?: boolean | "auto";
  /** Which differences are forecast; `"auto"`: those of the smallest standard deviation. Default auto. */
  difference?: Difference | "auto";
  /** Recurrent cell; default `"gru"`. */
  cell?: CellName;
  /** Hidden units of each recurrent layer; default 16. */
  units?: number;
  /** Recurrent layers; default 1. */
  layers?: number;
  /** Networks, different in their seed only, whose forecasts are averaged; default 3. */
  networks?: number;
  /** Passes over the training windows, at most; default 100. */
  epochs?: number;
  /**
   * Share of the training windows, the last ones, on which the number of epochs is found: the median over the networks
   * of the epoch with the least error. Then they are trained anew on all windows for so many epochs. 0 uses `epochs`
   * as it is. Default 0.2.
   */
  validation?: number;
  /** Epochs without a better validation error before a search ends; default 20. */
  patience?: number;
  /** Adam's learning rate; default 0.005. */
  learningRate?: number;
  /** Windows an update; default a 64th of them, from 16 to 64. */
  batchSize?: number;
  /** Weight decay; default 2 / windows: the weights' prior counts as much as one observation of the noise. */
  weightDecay?: number;
  /** Seed of the networks and of the order of windows; default 1. */
  seed?: number;
  /** Called as training goes on. */
  onProgress?: (progress: ForecasterProgress) => void;
  /** Ends the training: `train` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Options with every default and every choice in its place, as plain JSON. */
export interface ForecasterSettings extends IntervalSettings {
  /** Transformed values a network sees. */
  readonly lookback: number;
  /** Values forecast when `predict` is not told otherwise. */
  readonly horizon: number;
  /** Whether forecasts feed the next step, or all steps are learned at once. */
  readonly strategy: "recursive" | "direct";
  /** Recurrent cell of every network. */
  readonly cell: CellName;
  /** Hidden units of each recurrent layer. */
  readonly units: number;
  /** Recurrent layers of a network. */
  readonly layers: number;
  /** Networks whose forecasts are averaged. */
  readonly networks: number;
  /** Passes over the training windows: the number found on the validation part, or what was asked for. */
  readonly epochs: number;
  /** Share of the training windows on which the number of epochs was found. */
  readonly validation: number;
  /** Epochs without a better validation error that ended a search. */
  readonly patience: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Windows an update. */
  readonly batchSize: number;
  /** Weight decay of the networks, as `adam` has it: part of the gradient. */
  readonly weightDecay: number;
  /** Seed of the networks and of the order of windows. */
  readonly seed: number;
}

const NAMES = [
  ...[
    "lookback",
    "horizon",
    "strategy",
    "season",
    "log",
    "difference",
    "cell",
    "units",
    "layers",
    "networks",
    "epochs",
  ],
  ...["interval", "intervalMethod", "calibration"],
  ...["validation", "patience", "learningRate", "batchSize", "weightDecay", "seed", "onProgress", "signal"],
];
const WHO = "Forecaster.train:";
/** Values that can be forecast at once. */
export const MOST_HORIZON = 0x1_0000;
/** Options that are whole numbers of 1 or more. */
type WholeName = "lookback" | "units" | "layers" | "networks" | "epochs" | "patience" | "batchSize";
/** The settings that need no data. */
export type PlainSettings = Omit<ForecasterSettings, "lookback" | "batchSize" | "weightDecay">;

/**
 * Checks all options and gives those that need no data.
 * @param length values of the training series
 * @throws ArgumentError for an unknown option or a value out of range
 */
export function checkOptions(options: ForecasterOptions, length: number): PlainSettings {
  requireKnownOptions("Forecaster.train", options, NAMES);
  requireCallbacks({ onProgress: options.onProgress });
  requireSignal(options.signal);
  const whole = (name: WholeName, other: number) => requireInteger(`${WHO} ${name}`, options[name] ?? other, 1);
  whole("lookback", 1);
  whole("batchSize", 1);
  requireNumber(`${WHO} weightDecay`, options.weightDecay ?? 0, 0);
  checkTransform(options);
  const { strategy = "recursive", cell = "gru", validation = 0.2, learningRate = 0.005, seed = DEFAULT_SEED } = options;
  seedWords(seed);
  const networks = whole("networks", 3);
  requireInteger(`${WHO} seed`, seed, 0, Number.MAX_SAFE_INTEGER - SEED_STRIDE * (networks - 1));
  const horizon = requireInteger(`${WHO} horizon`, options.horizon ?? 1, 1, MOST_HORIZON);
  if (learningRate <= 0) throw new ArgumentError(`${WHO} learningRate must be above 0, received ${learningRate}.`);
  return {
    strategy: requireOneOf(`${WHO} strategy`, strategy, ["recursive", "direct"]),
    cell: requireOneOf(`${WHO} cell`, cell, Object.keys(cells) as CellName[]),
    horizon,
    units: whole("units", 16),
    layers: whole("layers", 1),
    networks,
    epochs: whole("epochs", 100),
    patience: whole("patience", 20),
    validation: requireNumber(`${WHO} validation`, validation, 0, 0.5),
    learningRate: requireNumber(`${WHO} learningRate`, learningRate, 0),
    seed,
    ...checkIntervals(options, horizon, length),
  };
}

/** How the series is made even before a network sees it. */
function checkTransform({ season = "auto", log = "auto", difference = "auto" }: ForecasterOptions): void {
  if (typeof season === "number") requireInteger(`${WHO} season`, season, 2);
  else requireOneOf(`${WHO} season`, season, ["auto", "none"]);
  requireOneOf(`${WHO} log`, log, [true, false, "auto"]);
  requireOneOf(`${WHO} difference`, difference, ["auto", "none", "first", "seasonal", "both"]);
}
