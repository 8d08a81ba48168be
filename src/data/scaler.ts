import { ArgumentError, FormatError, ShapeError, StateError } from "../errors.js";
import { requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { readScalable, type Scalable } from "./scalable.js";

/** `standard`: mean 0, deviation 1. `minMax`: from `low` to `high`. `robust`: median 0, interquartile range 1. */
export type ScalerKind = "standard" | "minMax" | "robust";

/** Options of a scaler. */
export interface ScalerOptions {
  /** What the fitted data become; default `"standard"`. */
  kind?: ScalerKind;
  /** For `minMax`: what the smallest value becomes; default 0. */
  low?: number;
  /** For `minMax`: what the largest value becomes; default 1. */
  high?: number;
}

/** Scaled numbers in the form they came in: `[N]` and rows in float64, a tensor as a tensor. */
export type Scaled<S extends Scalable> = S extends Tensor
  ? Tensor
  : S extends ArrayLike<number>
    ? Float64Array
    : Float64Array[];

/** A scaler as plain JSON: every number comes back with the same bits. */
export interface ScalerState extends Required<ScalerOptions> {
  /** Per feature, the value that becomes 0 (`minMax`: `low`). */
  shift: number[];
  /** Per feature, the distance that becomes 1; 1 for a constant feature. */
  scale: number[];
}

/** How a kind finds shift and scale from the sorted values of a feature. A scale of 0 says: constant. */
const kinds: Readonly<
  Record<ScalerKind, (sorted: Float64Array, options: Required<ScalerOptions>) => [number, number]>
> = {
  standard: (sorted) => {
    const mean = average(sorted);
    return [mean, Math.sqrt(average(sorted.map((value) => (value - mean) * (value - mean))))];
  },
  minMax: (sorted, { low, high }) => [sorted[0], (sorted[sorted.length - 1] - sorted[0]) / (high - low)],
  robust: (sorted) => [quantile(sorted, 0.5), quantile(sorted, 0.75) - quantile(sorted, 0.25)],
};

/**
 * A scaler that has not seen data yet. Fit it on the training part alone, then use it on everything:
 *   y = (x − shift) / scale + low        (low is 0 except for `minMax`), per feature, in float64.
 * A constant feature becomes `low` everywhere and is not divided by zero.
 *
 * @param options kind and range
 * @example
 * const scale = scaler({ kind: "standard" }).fit([1, 2, 3]);
 * scale.transform([2, 4]);              // Float64Array [0, 2.449…]
 * scale.inverse([0]);                   // Float64Array [2]
 * @throws ArgumentError for an unknown kind or option, or `high` not above `low`
 */
export function scaler(options: ScalerOptions = {}): Scaler {
  return new Scaler(options);
}

/**
 * Shifts and scales features and back; see `scaler`.
 *
 * @example
 * const saved = JSON.stringify(scaler().fit([1, 2, 3]));
 * Scaler.fromJSON(JSON.parse(saved)).transform([2]);   // [0]
 */
export class Scaler {
  private readonly options: Required<ScalerOptions>;
  private shift: Float64Array | null = null;
  private scale: Float64Array | null = null;

  constructor(options: ScalerOptions = {}) {
    requireKnownOptions("scaler", options, ["kind", "low", "high"]);
    const { kind = "standard", low = 0, high = 1 } = options;
    requireOneOf("scaler kind", kind, Object.keys(kinds));
    if (kind !== "minMax" && (options.low !== undefined || options.high !== undefined)) {
      throw new ArgumentError(`scaler: low and high belong to kind "minMax", not to "${kind}".`);
    }
    requireNumber("scaler low", low);
    requireNumber("scaler high", high);
    if (kind === "minMax" && high <= low)
      throw new ArgumentError(`scaler high must be above low, received ${low} to ${high}.`);
    this.options = { kind, low: kind === "minMax" ? low : 0, high };
  }

  /**
   * Learns shift and scale of every feature; an earlier fit is replaced.
   * @returns this scaler
   * @throws ArgumentError for no data, or a value that is not finite, with its position; nothing changes then
   * @throws ShapeError for rows of unequal length
   */
  fit(data: Scalable): this {
    const { values, features } = readScalable("scaler.fit", data);
    const rows = values.length / features;
    if (values.length === 0) throw new ArgumentError("scaler.fit wants at least one value, received none.");
    const shift = new Float64Array(features);
    const scale = new Float64Array(features);
    for (let feature = 0; feature < features; feature++) {
      const column = Float64Array.from({ length: rows }, (_, row) => values[row * features + feature]).sort();
      const isConstant = column[0] === column[rows - 1];
      const [center, spread] = isConstant ? [column[0], 0] : kinds[this.options.kind](column, this.options);
      if (!Number.isFinite(center) || !Number.isFinite(spread)) {
        throw new ArgumentError(`scaler.fit: feature ${feature} ranges over more than a float64 holds.`);
      }
      shift[feature] = center;
      scale[feature] = spread > 0 ? spread : 1;
    }
    this.shift = shift;
    this.scale = scale;
    return this;
  }

  /**
   * Scaled values, in the form the data came in.
   * @throws StateError before `fit`
   * @throws ShapeError when the number of features is another; ArgumentError for a value that is not finite
   */
  transform<S extends Scalable>(data: S): Scaled<S> {
    const { low } = this.options;
    return this.each("scaler.transform", data, (value, shift, scale) => (value - shift) / scale + low);
  }

  /**
   * The values that `transform` made `data` from, up to rounding.
   * @throws StateError before `fit`
   * @throws ShapeError when the number of features is another; ArgumentError for a value that is not finite
   */
  inverse<S extends Scalable>(data: S): Scaled<S> {
    const { low } = this.options;
    return this.each("scaler.inverse", data, (value, shift, scale) => (value - low) * scale + shift);
  }

  /**
   * Everything it knows, as plain JSON.
   * @throws StateError before `fit`
   */
  toJSON(): ScalerState {
    const { shift, scale } = this.fitted("scaler.toJSON");
    return { ...this.options, shift: Array.from(shift), scale: Array.from(scale) };
  }

  /**
   * The scaler that `toJSON` described.
   * @throws FormatError when it is none
   */
  static fromJSON(state: ScalerState): Scaler {
    const { kind, low, high, shift, scale } = state ?? {};
    const isList = (list: unknown): list is number[] =>
      Array.isArray(list) && list.length > 0 && list.every((value) => Number.isFinite(value));
    if (!isList(shift) || !isList(scale) || shift.length !== scale.length || scale.some((value) => value <= 0)) {
      throw new FormatError("a stored scaler needs shift and scale: equally many finite numbers, every scale above 0.");
    }
    let restored: Scaler;
    try {
      restored = new Scaler(kind === "minMax" ? { kind, low, high } : { kind });
    } catch (error) {
      throw new FormatError(`a stored scaler is damaged: ${(error as Error).message}`);
    }
    restored.shift = Float64Array.from(shift);
    restored.scale = Float64Array.from(scale);
    return restored;
  }

  private fitted(owner: string): { shift: Float64Array; scale: Float64Array } {
    if (!this.shift || !this.scale) throw new StateError(`${owner} came before fit: call fit(trainingData) first.`);
    return { shift: this.shift, scale: this.scale };
  }

  private each<S extends Scalable>(
    owner: string,
    data: S,
    map: (value: number, shift: number, scale: number) => number,
  ): Scaled<S> {
    const { shift, scale } = this.fitted(owner);
    const { values, features, rebuild } = readScalable(owner, data);
    if (features !== shift.length) {
      throw new ShapeError(`${owner}: this scaler was fitted on ${shift.length} features but received ${features}.`);
    }
    for (let i = 0; i < values.length; i++) values[i] = map(values[i], shift[i % features], scale[i % features]);
    return rebuild(values) as Scaled<S>;
  }
}

function average(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Linear between the two neighbouring order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
