/** How far forecasts were off, in the units of the series. */
export interface Accuracy {
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /**
   * Mean absolute scaled error (Hyndman and Koehler 2006): `mae` over the mean absolute error that the one-step
   * seasonal naive rule makes on the training part; below 1 is better than that rule was. NaN where it made none.
   */
  readonly mase: number;
}

/**
 * Accuracy of forecasts.
 * @param errors forecast − truth
 * @param unit mean absolute error of the seasonal naive rule on the training part
 */
export function accuracy(errors: Float64Array, unit: number): Accuracy {
  let squares = 0;
  let sizes = 0;
  for (const error of errors) {
    squares += error * error;
    sizes += Math.abs(error);
  }
  const mae = sizes / errors.length;
  return { rmse: Math.sqrt(squares / errors.length), mae, mase: unit > 0 ? mae / unit : Number.NaN };
}

/** Mean absolute change of a series over one season: the unit of `mase`. NaN when it is no longer than a season. */
export function seasonalNaiveError(train: Float64Array, season: number): number {
  let sum = 0;
  for (let t = season; t < train.length; t++) sum += Math.abs(train[t] - train[t - season]);
  return sum / Math.max(train.length - season, 0);
}
