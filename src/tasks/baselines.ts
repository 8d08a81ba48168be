import type { LinearAutoregression } from "./linearAutoregression.js";
import type { SeriesTransform } from "./transform.js";

/** A way to forecast that needs no training beyond what it is made with. */
export interface Rule {
  readonly label: string;
  /** Values of the past that it looks at. */
  readonly needs: number;
  /** The `horizon` values after `history`, in the units of the series. */
  forecast(history: Float64Array, horizon: number): Float64Array;
}

/** What a one-step rule says about index t of a series whose values before t are known. */
type OneStep = (series: Float64Array, t: number) => number;

/** Several steps by taking each forecast for the truth. */
function rule(label: string, needs: number, next: OneStep): Rule {
  const forecast = (history: Float64Array, horizon: number): Float64Array => {
    const series = new Float64Array(needs + horizon);
    series.set(history.subarray(history.length - needs));
    for (let t = needs; t < series.length; t++) series[t] = next(series, t);
    return series.slice(needs);
  };
  return { label, needs, forecast };
}

/**
 * The rules a forecast is held against, each with the season m (1 when there is none):
 * - persistence: x[t−1]
 * - seasonal naive: x[t−m]
 * - seasonal naive with drift: x[t−m] + (x[t−1] − x[t−1−m])
 * - naive in the transform: the transformed value is its mean over the training part
 * - linear autoregression: same lookback, same transform, least squares on the training part
 */
export function baselines(transform: SeriesTransform, linear: LinearAutoregression): Rule[] {
  const { season: m } = transform.state;
  const lookback = linear.coefficients.length - 1;
  const linearNeeds = transform.lost + lookback;
  return [
    rule("persistence", 1, (x, t) => x[t - 1]),
    rule("seasonal naive", m, (x, t) => x[t - m]),
    rule("seasonal naive with drift", m + 1, (x, t) => x[t - m] + (x[t - 1] - x[t - 1 - m])),
    {
      label: "naive in the transform",
      needs: transform.lost,
      forecast: (history, horizon) => transform.inverse(history, new Float64Array(horizon)),
    },
    {
      label: "linear autoregression",
      needs: linearNeeds,
      forecast: (history, horizon) => {
        const recent = history.subarray(history.length - linearNeeds);
        return transform.inverse(
          recent,
          linear.forecast(transform.forward(recent, history.length - linearNeeds), horizon),
        );
      },
    },
  ];
}
