import { ArgumentError, FormatError } from "../errors.js";
import { exp, log } from "../tensor/float64.js";
import { requireFloat32 } from "./float32Series.js";
import { deviation, mean } from "./series.js";

/** Which differences are taken: none, of neighbours, of values one season apart, or both in turn. */
export type Difference = "none" | "first" | "seasonal" | "both";

/** A transform as plain JSON. */
export interface TransformState {
  /** Whether the logarithm is taken first. */
  readonly log: boolean;
  /** Which differences are taken then. */
  readonly difference: Difference;
  /** Steps in a season; 1 when there is none. */
  readonly season: number;
  /** Mean of the differenced training part. */
  readonly shift: number;
  /** Standard deviation of the same; 1 where they never change. */
  readonly scale: number;
}

/**
 * What a network sees instead of a series: log, then seasonal difference, then first difference, then scaling.
 *   y_t = log x_t        w_t = (1 − B^m)(1 − B) y_t        z_t = (w_t − shift) / scale
 * with B the backshift operator and m the season (Box and Jenkins 1970); every stage but the scaling may be absent.
 * Everything is float64. A step of z undoes to a step of x given the steps of x before it.
 */
export class SeriesTransform {
  constructor(readonly state: TransformState) {}

  /**
   * Fits the scaling to a training part whose other stages are chosen.
   * @throws ArgumentError when the part is too short, not positive where its logarithm is wanted, or beyond float32
   */
  static fit(train: Float64Array, stages: Pick<TransformState, "log" | "difference" | "season">): SeriesTransform {
    requireFloat32(train, (at) => `${train[at]} at index ${at} of the series`);
    const unscaled = new SeriesTransform({ ...stages, shift: 0, scale: 1 });
    const steps = unscaled.forward(train);
    // Asked of the steps: their mean may be off by a rounding, and then so is the deviation of equal ones.
    const [shift, scale] = steps.every((step) => step === steps[0]) ? [steps[0], 1] : [mean(steps), deviation(steps)];
    return new SeriesTransform({ ...stages, shift, scale: scale > 0 ? scale : 1 });
  }

  /**
   * The transform that `state` was taken from.
   * @throws FormatError when it is none
   */
  static fromJSON(state: TransformState): SeriesTransform {
    const { log: logged, difference, season, shift, scale } = state ?? {};
    const isWhole = Number.isInteger(season) && season >= 1;
    const isKnown = ["none", "first", "seasonal", "both"].includes(difference);
    if (
      typeof logged !== "boolean" ||
      !isKnown ||
      !isWhole ||
      !Number.isFinite(shift) ||
      !Number.isFinite(scale) ||
      scale <= 0
    ) {
      throw new FormatError("a stored transform needs log, difference, season, shift and a scale above 0.");
    }
    return new SeriesTransform({ log: logged, difference, season, shift, scale });
  }

  /** Steps at the start of a series that differencing uses up. */
  get lost(): number {
    return this.seasonalLag + this.firstLag;
  }

  private get seasonalLag(): number {
    const { difference, season } = this.state;
    return difference === "seasonal" || difference === "both" ? season : 0;
  }

  private get firstLag(): number {
    const { difference } = this.state;
    return difference === "first" || difference === "both" ? 1 : 0;
  }

  /**
   * The transformed series.
   * @param offset index of its first value in the whole series, for messages
   * @returns [series.length − lost]
   * @throws ArgumentError when it is too short, or not positive where its logarithm is wanted
   */
  forward(series: Float64Array, offset = 0): Float64Array {
    const { shift, scale } = this.state;
    if (series.length <= this.lost) {
      throw new ArgumentError(
        `this transform uses up ${this.lost} steps: ${this.lost + 1} are needed, received ${series.length}.`,
      );
    }
    const levels = this.levelsOf(series, offset);
    return Float64Array.from({ length: levels.length - this.lost }, (_, i) => {
      const t = i + this.lost;
      return (levels[t] - this.carried(levels, t) - shift) / scale;
    });
  }

  /**
   * The steps of the series that come after `history` when the transformed series goes on with `steps`.
   * @param history the series so far, at least `lost` values
   * @returns [steps.length] in the units of the series
   */
  inverse(history: Float64Array, steps: ArrayLike<number>): Float64Array {
    return this.fromLevels(this.levelsAhead(history, steps));
  }

  /** The same before the logarithm is undone: levels, in which the transform is linear. */
  levelsAhead(history: Float64Array, steps: ArrayLike<number>): Float64Array {
    const first = history.length - this.lost;
    return this.continued(this.levelsOf(history.subarray(first), first), steps);
  }

  /** The series at these levels. */
  fromLevels(levels: Float64Array): Float64Array {
    return this.state.log ? levels.map((level) => exp(level)) : levels.slice();
  }

  /**
   * How far the levels get with `steps` from where steps of 0 would lead, in units of `scale`. It does not depend on what was
   * before: levelsAhead(history, steps) = levelsAhead(history, 0) + scale · accumulate(steps), but for rounding.
   */
  accumulate(steps: ArrayLike<number>): Float64Array {
    const plain = new SeriesTransform({ ...this.state, shift: 0, scale: 1 });
    return plain.continued(new Float64Array(this.lost), steps);
  }

  /** The levels that come after the `lost` last ones. */
  private continued(last: Float64Array, steps: ArrayLike<number>): Float64Array {
    const { shift, scale } = this.state;
    const levels = new Float64Array(this.lost + steps.length);
    levels.set(last);
    for (let i = 0; i < steps.length; i++) {
      levels[this.lost + i] = steps[i] * scale + shift + this.carried(levels, this.lost + i);
    }
    return levels.slice(this.lost);
  }

  /** What differencing takes from level t: the level that the past alone would lead to expect. */
  private carried(levels: Float64Array, t: number): number {
    const [m, d] = [this.seasonalLag, this.firstLag];
    return (m > 0 ? levels[t - m] : 0) + (d > 0 ? levels[t - 1] : 0) - (m > 0 && d > 0 ? levels[t - 1 - m] : 0);
  }

  /**
   * The series, or its logarithm where that is forecast.
   * @param offset index of its first value in the whole series, for messages
   * @throws ArgumentError when it is not positive where its logarithm is wanted
   */
  levelsOf(series: Float64Array, offset = 0): Float64Array {
    if (!this.state.log) return series;
    return series.map((value, t) => {
      if (value > 0) return log(value);
      throw new ArgumentError(
        `a logarithm needs positive values, received ${value} at index ${offset + t}. Give log: false.`,
      );
    });
  }
}
