import type { Dataset } from "../data/dataset.js";
import { windows } from "../data/windows.js";
import { ArgumentError, FormatError, StateError } from "../errors.js";
import { readSafetensors, writeSafetensors } from "../formats/safetensors.js";
import { readContent, restoreModel } from "../models/loadModel.js";
import { FORMAT, type Model } from "../models/model.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { seasonalNaiveError } from "./accuracy.js";
import { type Backtest, type BacktestOptions, backtest } from "./backtest.js";
import { baselines } from "./baselines.js";
import type { ForecasterOptions, ForecasterSettings } from "./forecasterOptions.js";
import { LinearAutoregression } from "./linearAutoregression.js";
import { Networks } from "./networks.js";
import { readSeries, type Series } from "./series.js";
import { settle } from "./settle.js";
import { SeriesTransform, type TransformState } from "./transform.js";

/** What training left behind beside the networks, as plain JSON. */
interface Knowledge {
  readonly settings: ForecasterSettings;
  readonly transform: TransformState;
  /** Coefficients of the linear autoregression that `backtest` holds the networks against. */
  readonly linear: readonly number[];
  /** Length of the training series, and the error of the seasonal naive rule in it. */
  readonly trainedOn: number;
  readonly unit: number | null;
  /** Epochs each network was trained for. */
  readonly epochs: number;
}

/**
 * Forecasts a series with recurrent networks: made by `train`, kept by `save`, brought back by `load`.
 *
 * The series is transformed (log, differences, scaling; chosen on the training series by stated rules or given), small
 * many-to-one networks learn to continue it from a lookback, their forecasts are averaged and transformed back. Same
 * series, options and seed give the same bits everywhere.
 *
 * @example
 * const forecaster = await Forecaster.train(series, { lookback: 24, horizon: 12 });
 * const next = forecaster.predict(series);   // Float32Array(12), in the units of the series
 * const twin = Forecaster.load(forecaster.save());
 */
export class Forecaster {
  private readonly transform: SeriesTransform;
  private readonly linear: LinearAutoregression;
  private isDisposed = false;

  private constructor(
    private readonly knowledge: Knowledge,
    private readonly networks: Networks,
  ) {
    this.transform = SeriesTransform.fromJSON(knowledge.transform);
    this.linear = LinearAutoregression.fromJSON(knowledge.linear, knowledge.settings.lookback);
  }

  /**
   * Learns from a series, oldest value first.
   * @throws ArgumentError for a series that is empty, too short (how much is needed), not finite (where) or not positive
   *   where its logarithm is wanted, and for options that are unknown or out of range
   * @throws StateError when training diverges
   * @throws the reason of `options.signal` once it is aborted
   */
  static async train(series: Series, options: ForecasterOptions = {}): Promise<Forecaster> {
    const train = readSeries("Forecaster.train", series);
    const { settings, transform } = settle(train, options);
    options.signal?.throwIfAborted();
    const steps = transform.forward(train);
    const linear = LinearAutoregression.fit(steps, settings.lookback);
    const { networks, epochs } = await Networks.train(steps, settings, {
      onProgress: options.onProgress,
      signal: options.signal,
    });
    const unit = seasonalNaiveError(train, transform.state.season);
    const knowledge = {
      ...{
        settings,
        transform: transform.state,
        linear: Array.from(linear.coefficients),
        trainedOn: train.length,
        epochs,
      },
      unit: unit > 0 ? unit : null,
    };
    return new Forecaster(knowledge, networks);
  }

  /** The options with every default and every choice in its place. */
  get settings(): ForecasterSettings & Pick<TransformState, "log" | "difference" | "season"> {
    const { log, difference, season } = this.transform.state;
    return { ...this.knowledge.settings, log, difference, season, epochs: this.knowledge.epochs };
  }

  /** The trained networks, to look inside; their forecasts of the transformed series are averaged. */
  get models(): readonly Model[] {
    return this.networks.models;
  }

  /**
   * What the networks see of a series: windows of the transformed series [count, lookback, 1] and what follows each.
   * @throws ArgumentError when the series is too short or not finite
   */
  examples(series: Series): Dataset {
    const { lookback, strategy, horizon } = this.knowledge.settings;
    const steps = this.transform.forward(readSeries("Forecaster.examples", series));
    return windows(Float32Array.from(steps), { window: lookback, horizon: strategy === "direct" ? horizon : 1 });
  }

  /** Values of the past that a forecast looks at: the lookback and what differencing uses up. */
  get needs(): number {
    return this.transform.lost + this.knowledge.settings.lookback;
  }

  /**
   * The values that follow a series, whether it is the one trained on, that one grown longer, or another of its kind.
   * @param series oldest value first; the last `needs` values count
   * @param options `horizon`: how many values; default the one trained for
   * @returns [horizon] in the units of the series
   * @throws ArgumentError when the series is too short or not finite, or a direct forecaster is asked beyond its horizon
   */
  predict(series: Series, options: { readonly horizon?: number } = {}): Float32Array {
    this.requireLife();
    requireKnownOptions("Forecaster.predict", options, ["horizon"]);
    const horizon = this.horizon("Forecaster.predict", options.horizon);
    const history = readSeries("Forecaster.predict", series);
    if (history.length < this.needs) {
      throw new ArgumentError(
        `Forecaster.predict: the series has ${history.length} values, but ${this.needs} are needed.`,
      );
    }
    const first = history.length - this.needs;
    const recent = history.subarray(first);
    const steps = this.networks.forecast(this.transform.forward(recent, first), horizon);
    return Float32Array.from(this.transform.inverse(recent, steps));
  }

  /**
   * How well the forecaster, as it is, would have forecast a series from `from` on, each time from all values before,
   * beside the rules it has to beat (`baselines`).
   * @param series the training series grown longer, or another of its kind
   * @param options `from`: first index forecast, default the length of the training series; `horizon`: default the one trained for
   * @throws ArgumentError when there is nothing left to forecast or too little before it
   */
  backtest(series: Series, options: BacktestOptions = {}): Backtest {
    this.requireLife();
    requireKnownOptions("Forecaster.backtest", options, ["from", "horizon"]);
    const { trainedOn, unit } = this.knowledge;
    const horizon = this.horizon("Forecaster.backtest", options.horizon);
    const { from = trainedOn } = options;
    const values = readSeries("Forecaster.backtest", series);
    const rules = baselines(this.transform, this.linear);
    return backtest({
      values,
      from,
      horizon,
      unit,
      transform: this.transform,
      networks: this.networks,
      lookback: this.knowledge.settings.lookback,
      rules,
    });
  }

  /** Everything as one safetensors file: weights, transform, options. The training series is not in it. */
  save(): Uint8Array<ArrayBuffer> {
    this.requireLife();
    const tensors = new Map<string, Tensor>();
    this.networks.models.forEach((model, index) => {
      for (const parameter of model.parameters) tensors.set(`${prefix(index)}${parameter.name}`, parameter.read());
    });
    const network = this.networks.models[0].specification;
    const content = { format: FORMAT, kind: "forecaster", network, ...this.knowledge };
    return writeSafetensors(tensors, { recurve: JSON.stringify(content) });
  }

  /**
   * The forecaster that `save` wrote. Its forecasts have the same bits.
   * @throws FormatError when the file is damaged, of a newer format, or not a forecaster
   */
  static load(bytes: Uint8Array | ArrayBuffer): Forecaster {
    const { tensors, metadata } = readSafetensors(bytes, "forecaster file");
    const content = readContent(metadata.recurve, "forecaster") as Knowledge & { network: unknown };
    const knowledge = requireKnowledge(content);
    const { networks: count, lookback, strategy, horizon, seed } = knowledge.settings;
    const models = Array.from({ length: count }, (_, index) => {
      const own = [...tensors].filter(([name]) => name.startsWith(prefix(index)));
      return restoreModel(
        new Map(own.map(([name, values]) => [name.slice(prefix(index).length), values])),
        content.network,
        1,
        seed,
      );
    });
    return new Forecaster(knowledge, new Networks(models, lookback, strategy === "direct" ? horizon : 1));
  }

  /** Gives the memory of the networks back; every later call is a StateError. */
  dispose(): void {
    this.isDisposed = true;
    this.networks.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private requireLife(): void {
    if (this.isDisposed)
      throw new StateError("this forecaster was disposed. Train a new one, or load it from its file.");
  }

  private horizon(owner: string, wanted: number | undefined): number {
    const { horizon, strategy } = this.knowledge.settings;
    const asked = requireInteger(`${owner}: horizon`, wanted ?? horizon, 1, 0x1_0000);
    if (strategy === "direct" && asked > horizon) {
      throw new ArgumentError(
        `${owner}: this direct forecaster was trained for a horizon of ${horizon}, not ${asked}. Train one, or choose strategy "recursive".`,
      );
    }
    return asked;
  }
}

/** Before the names of a network's tensors in a file. */
function prefix(index: number): string {
  return `network${index}.`;
}

/** @throws FormatError when a field is missing or senseless */
function requireKnowledge(content: Knowledge): Knowledge {
  const { settings, transform, linear, trainedOn, unit, epochs } = content;
  const isWhole = (value: unknown): boolean =>
    typeof value === "number" && Number.isInteger(value) && value >= 1 && value < 0x100_0000;
  const { lookback, horizon, networks, strategy } = settings ?? {};
  if (
    ![lookback, horizon, networks, trainedOn, epochs].every(isWhole) ||
    (strategy !== "recursive" && strategy !== "direct")
  ) {
    throw new FormatError("forecaster file: its settings are damaged.");
  }
  if (unit !== null && !(Number.isFinite(unit) && unit > 0))
    throw new FormatError("forecaster file: its unit of error is damaged.");
  SeriesTransform.fromJSON(transform);
  LinearAutoregression.fromJSON(linear, lookback);
  return { settings, transform, linear, trainedOn, epochs, unit };
}
