/** Forecasts a series: monthly sales that grow and have a season. */
import { Forecaster } from "recurve";

const season = [0, -4, 6, 9, 12, 20, 31, 28, 10, 2, -9, -3];
const series = Array.from(
  { length: 96 },
  (_, month) => 120 + 1.5 * month + (season[month % 12] ?? 0) * (1 + month / 60),
);

const forecaster = await Forecaster.train(series, { lookback: 24, horizon: 12, seed: 1 });
const next = forecaster.predict(series);
console.log(`the next twelve months: ${Array.from(next, (value) => value.toFixed(0)).join(" ")}`);

// One file: weights, scaling, options.
const bytes = forecaster.save();
const restored = Forecaster.load(bytes);
console.log(
  `from a file of ${bytes.length} bytes the same: ${restored.predict(series).every((value, month) => value === next[month])}`,
);
