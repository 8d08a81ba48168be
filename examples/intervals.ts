/** How sure a forecast is: ten years of daily minimum temperatures, the last two forecast a day ahead in intervals of 90 %. */
import { readFileSync } from "node:fs";
import { Forecaster } from "recurve";

const table = readFileSync(new URL("data/temperatures/dailyMinimum.csv", import.meta.url), "utf8");
const temperatures = table
  .trim()
  .split(/\r?\n/)
  .slice(1)
  .map((row) => Number(row.split(",")[1]));
const years = 8 * 365;

const forecaster = await Forecaster.train(temperatures.slice(0, years), {
  ...{ lookback: 30, horizon: 7, epochs: 10, batchSize: 32, seed: 1 },
  interval: 0.9,
});

const { forecast, lower, upper } = forecaster.predictInterval(temperatures);
for (const [day, value] of forecast.entries())
  console.log(`day ${day + 1}: ${value.toFixed(1)} °C, from ${lower[day]?.toFixed(1)} to ${upper[day]?.toFixed(1)}`);

// How many of the days that it had not seen lay in their intervals.
const { intervals } = forecaster.backtest(temperatures).entries[0] ?? {};
for (const [day, { coverage, width }] of (intervals?.byStep ?? []).entries())
  console.log(
    `${day + 1} days ahead they hold ${(100 * coverage).toFixed(1)} % in a mean width of ${width.toFixed(1)} °C`,
  );
