import { FormatError } from "../errors.js";
import { leastSquares } from "./leastSquares.js";

/**
 * The linear model a network has to beat: z_t = c + Σ a_k z_{t−k} over the same lookback and the same transform,
 * fitted by ordinary least squares in float64.
 */
export class LinearAutoregression {
  /** @param coefficients c, then a_1 … a_lookback */
  constructor(readonly coefficients: Float64Array) {}

  /** Fits to every step of a transformed training part that has a full lookback before it. */
  static fit(series: Float64Array, lookback: number): LinearAutoregression {
    const rows = Math.max(series.length - lookback, 0);
    const lagged = (lag: number) => series.slice(lookback - lag, lookback - lag + rows);
    const columns = [new Float64Array(rows).fill(1), ...Array.from({ length: lookback }, (_, k) => lagged(k + 1))];
    return new LinearAutoregression(leastSquares(columns, lagged(0)));
  }

  /**
   * The model with these coefficients.
   * @throws FormatError when they are not one more than the lookback, all finite
   */
  static fromJSON(coefficients: unknown, lookback: number): LinearAutoregression {
    const isFitting =
      Array.isArray(coefficients) &&
      coefficients.length === lookback + 1 &&
      coefficients.every((a) => Number.isFinite(a));
    if (!isFitting) throw new FormatError(`a stored linear autoregression needs ${lookback + 1} finite coefficients.`);
    return new LinearAutoregression(Float64Array.from(coefficients));
  }

  /** The `horizon` steps after the end of `series`, each forecast from those before it. */
  forecast(series: Float64Array, horizon: number): Float64Array {
    const lookback = this.coefficients.length - 1;
    const steps = new Float64Array(lookback + horizon);
    steps.set(series.subarray(series.length - lookback));
    for (let t = lookback; t < steps.length; t++) {
      let sum = this.coefficients[0];
      for (let k = 1; k <= lookback; k++) sum += this.coefficients[k] * steps[t - k];
      steps[t] = sum;
    }
    return steps.slice(lookback);
  }
}
