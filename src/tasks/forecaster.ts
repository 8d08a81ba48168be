import type { Dataset } from "../data/dataset.js";
import { windows } from "../data/windows.js";
import { ArgumentError, StateError } from "../errors.js";
import type { Bytes } from "../formats/bytes.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { type Backtest, type BacktestOptions, backtest } from "./backtest.js";
import { baselines } from "./baselines.js";
import { float32Series } from "./float32Series.js";
import { readForecaster, writeForecaster } from "./forecasterFile.js";
import { type ForecasterOptions, type ForecasterSettings, MOST_HORIZON } from "./forecasterOptions.js";
import type { Intervals } from "./intervals.js";
import type { Knowledge } from "./knowledge.js";
import { LinearAutoregression } from "./linearAutoregression.js";
import type { Networks } from "./networks.js";
import { levelPaths, type Origins, stepsOf } from "./origins.js";
import { readSeries, type Series } from "./series.js";
import { type Trained, trainForecaster } from "./trainForecaster.js";
import { SeriesTransform, type TransformState } from "./transform.js";

/** A forecast and how sure it is, each [horizon], in the units of the series. */
export interface IntervalForecast {
  /** What `predict` gives. */
  readonly forecast: Float32Array;
  /** Ends of the intervals: lower ≤ forecast ≤ upper. */
  readonly lower: Float32Array;
  /** Upper ends, [horizon]. */
  readonly upper: Float32Array;
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
 * @example
 * const forecaster = await Forecaster.train(series, { horizon: 12, interval: 0.9 });
 * const { forecast, lower, upper } = forecaster.predictInterval(series);
 */
export class Forecaster {
  readonly #transform: SeriesTransform;
  readonly #linear: LinearAutoregression;
  readonly #intervals: Intervals | undefined;
  readonly #knowledge: Knowledge;
  readonly #networks: Networks;
  #isDisposed = false;

  private constructor({ knowledge, networks, intervals }: Partial<Trained> = {}) {
    if (knowledge === undefined || networks === undefined)
      throw new StateError("a Forecaster is made by Forecaster.train(series, options), or by Forecaster.load(bytes).");
    this.#knowledge = knowledge;
    this.#networks = networks;
    this.#intervals = intervals;
    this.#transform = SeriesTransform.fromJSON(knowledge.transform);
    this.#linear = LinearAutoregression.fromJSON(knowledge.linear, knowledge.settings.lookback);
  }

  /**
   * Learns from a series, oldest value first.
   * @param series numbers at equal distances in time, in any unit; scaling, season and differencing are found here
   * @param options all have defaults: `horizon` 1, `interval` none; what is not given is chosen on the series (`settings` tells)
   * @throws ArgumentError for a series that is empty, too short (how much is needed), not finite (where) or not positive
   *   where its logarithm is wanted, and for options that are unknown or out of range
   * @throws StateError when training diverges
   * @throws the reason of `options.signal` once it is aborted
   */
  static async train(series: Series, options: ForecasterOptions = {}): Promise<Forecaster> {
    return new Forecaster(await trainForecaster(readSeries("Forecaster.train", series), options));
  }

  /** The options with every default and every choice in its place. */
  get settings(): ForecasterSettings & Pick<TransformState, "log" | "difference" | "season"> {
    const { log, difference, season } = this.#transform.state;
    return { ...this.#knowledge.settings, log, difference, season, epochs: this.#knowledge.epochs };
  }

  /** The trained networks, to look inside; their forecasts of the transformed series are averaged. */
  get models(): readonly Model[] {
    this.#requireLife();
    return this.#networks.models;
  }

  /**
   * What the networks see of a series: windows of the transformed series [count, lookback, 1] and what follows each.
   * @throws ArgumentError when the series is too short or not finite
   */
  examples(series: Series): Dataset {
    this.#requireLife();
    const { lookback, strategy, horizon } = this.#knowledge.settings;
    const steps = stepsOf(this.#transform, readSeries("Forecaster.examples", series));
    return windows(Float32Array.from(steps), { window: lookback, horizon: strategy === "direct" ? horizon : 1 });
  }

  /** Values of the past that a forecast and its interval look at: the lookback and what differencing uses up. */
  get needs(): number {
    return Math.max(this.#transform.lost + this.#knowledge.settings.lookback, this.#intervals?.needs ?? 0);
  }

  /**
   * The values that follow a series, whether it is the one trained on, that one grown longer, or another of its kind.
   * @param series oldest value first; the last `needs` values count
   * @param options `horizon`: how many values; default the one trained for
   * @returns [horizon] in the units of the series
   * @throws ArgumentError when the series is too short, not finite or far beyond the one trained on, so that float32 does not
   *   hold it or its forecast, or when a direct forecaster is asked beyond its horizon
   */
  predict(series: Series, options: { readonly horizon?: number } = {}): Float32Array {
    const owner = "Forecaster.predict";
    const origins = this.#end(owner, series, options);
    const levels = levelPaths(origins, this.#networks, this.#horizon(owner, options.horizon));
    return float32Series(this.#transform.fromLevels(levels));
  }

  /**
   * The same with intervals, each of which is to hold the truth with the probability `interval` of the training.
   * @param series oldest value first; the last `needs` values count
   * @param options `horizon`: how many values, at most those trained for, for which there are intervals; default these
   * @returns forecast, lower, upper, each [horizon] in the units of the series
   * @throws ArgumentError as `predict` does, and beyond the horizon trained for
   * @throws StateError when the forecaster was trained without `interval`
   */
  predictInterval(series: Series, options: { readonly horizon?: number } = {}): IntervalForecast {
    const owner = "Forecaster.predictInterval";
    const origins = this.#end(owner, series, options);
    const horizon = this.#horizon(owner, options.horizon);
    if (this.#intervals === undefined)
      throw new StateError("this forecaster has no intervals. Train one with interval, such as interval: 0.9.");
    const { horizon: trained } = this.#knowledge.settings;
    if (horizon > trained)
      throw new ArgumentError(`${owner}: intervals were trained for a horizon of ${trained}, not ${horizon}.`);
    const levels = levelPaths(origins, this.#networks, horizon);
    const forecast = float32Series(this.#transform.fromLevels(levels));
    return { forecast, ...this.#intervals.around(origins, levels, horizon) };
  }

  /**
   * How well the forecaster, as it is, would have forecast a series from `from` on, each time from all values before,
   * beside the rules it has to beat (`baselines`); and what share of the values its intervals held, where it has them.
   * @param series the training series grown longer, or another of its kind
   * @param options `from`: first index forecast, default the length of the training series; `horizon`: default the one trained for
   * @throws ArgumentError when there is nothing left to forecast or too little before it
   */
  backtest(series: Series, options: BacktestOptions = {}): Backtest {
    this.#requireLife();
    requireKnownOptions("Forecaster.backtest", options, ["from", "horizon"]);
    const { trainedOn, unit } = this.#knowledge;
    const horizon = this.#horizon("Forecaster.backtest", options.horizon);
    const { from = trainedOn } = options;
    const values = readSeries("Forecaster.backtest", series);
    const rules = baselines(this.#transform, this.#linear);
    return backtest({
      values,
      from,
      horizon,
      unit,
      transform: this.#transform,
      networks: this.#networks,
      intervals: this.#intervals,
      lookback: this.#knowledge.settings.lookback,
      rules,
    });
  }

  /** Everything as one safetensors file: weights, transform, options. The training series is not in it. */
  save(): Bytes {
    this.#requireLife();
    return writeForecaster({ knowledge: this.#knowledge, networks: this.#networks, intervals: this.#intervals });
  }

  /**
   * The forecaster that `save` wrote. Its forecasts have the same bits.
   * @throws FormatError when the file is damaged, of a newer format, or not a forecaster
   */
  static load(bytes: Uint8Array | ArrayBuffer): Forecaster {
    return new Forecaster(readForecaster(bytes));
  }

  /** Gives the memory of the networks back. `settings` and `needs` can still be read; every other use is a StateError then. */
  dispose(): void {
    this.#isDisposed = true;
    this.#networks.dispose();
    this.#intervals?.dispose();
  }

  /** `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #requireLife(): void {
    if (this.#isDisposed)
      throw new StateError("this forecaster was disposed. Train a new one, or load it from its file.");
  }

  /** The end of a series as the one origin to forecast from. */
  #end(owner: string, series: Series, options: object): Origins {
    this.#requireLife();
    requireKnownOptions(owner, options, ["horizon"]);
    const history = readSeries(owner, series);
    if (history.length < this.needs)
      throw new ArgumentError(`${owner}: the series has ${history.length} values, but ${this.needs} are needed.`);
    const { lookback } = this.#knowledge.settings;
    return { values: history, from: history.length, count: 1, transform: this.#transform, lookback };
  }

  #horizon(owner: string, wanted: number | undefined): number {
    const { horizon, strategy } = this.#knowledge.settings;
    const asked = requireInteger(`${owner}: horizon`, wanted ?? horizon, 1, MOST_HORIZON);
    if (strategy === "direct" && asked > horizon) {
      throw new ArgumentError(
        `${owner}: this direct forecaster was trained for a horizon of ${horizon}, not ${asked}. Train one, or choose strategy "recursive".`,
      );
    }
    return asked;
  }
}
