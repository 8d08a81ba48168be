import { describe, expect, it } from "vitest";
import { type Accuracy, accuracy } from "../../src/tasks/accuracy.js";
import { Forecaster } from "../../src/tasks/forecaster.js";
import { airlinePassengers, TRAINING_MONTHS } from "./airlinePassengers.js";

const train = airlinePassengers.slice(0, TRAINING_MONTHS);
const COUNT = airlinePassengers.length - TRAINING_MONTHS;
const HORIZON = 3;
const SHORT = { epochs: 2, units: 4, networks: 2, horizon: HORIZON, interval: 0.8 } as const;

/** Origins that have a value after them for each step of the horizon. */
const WHOLE = COUNT - HORIZON + 1;
const truth = (origin: number, ahead = 0): number => airlinePassengers[TRAINING_MONTHS + origin + ahead];

/** What is given to whoever asks at each origin. */
function told(forecaster: Forecaster) {
  return Array.from({ length: COUNT }, (_, i) =>
    forecaster.predictInterval(airlinePassengers.slice(0, TRAINING_MONTHS + i)),
  );
}

describe("a backtest measures, to the last bit,", () => {
  it("the forecasts that predict gives", async () => {
    using forecaster = await Forecaster.train(train, SHORT);
    const given = told(forecaster).map(({ forecast }) => forecast);
    const [network, ...rules] = forecaster.backtest(airlinePassengers).entries;
    const unit = network.oneStep.mae / network.oneStep.mase;
    const one = accuracy(
      Float64Array.from(given, (path, i) => path[0] - truth(i)),
      unit,
    );
    const path = accuracy(
      Float64Array.from({ length: WHOLE * HORIZON }, (_, at) => {
        const [i, ahead] = [Math.floor(at / HORIZON), at % HORIZON];
        return given[i][ahead] - truth(i, ahead);
      }),
      unit,
    );
    const measured = ({ rmse, mae }: Accuracy) => ({ rmse, mae });
    expect(measured(network.oneStep)).toEqual(measured(one));
    expect(measured(network.path)).toEqual(measured(path));
    for (const { forecasts, oneStep } of rules) {
      const errors = Float64Array.from(forecasts, (value, i) => value - truth(i));
      expect(measured(oneStep)).toEqual(measured(accuracy(errors, unit)));
    }
  });

  it("the intervals that predictInterval gives", async () => {
    using forecaster = await Forecaster.train(train, SHORT);
    const given = told(forecaster).slice(0, WHOLE);
    const { intervals } = forecaster.backtest(airlinePassengers).entries[0];
    expect(intervals?.byStep).toHaveLength(HORIZON);
    for (const [ahead, { coverage, width }] of (intervals?.byStep ?? []).entries()) {
      const held = given.filter(
        ({ lower, upper }, i) => lower[ahead] <= truth(i, ahead) && truth(i, ahead) <= upper[ahead],
      );
      const widths = given.reduce((sum, { lower, upper }) => sum + (upper[ahead] - lower[ahead]), 0);
      expect(coverage).toBe(held.length / WHOLE);
      expect(width).toBe(widths / WHOLE);
    }
  });

  it("a value on the end of its interval as held, whatever float32 makes of it", async () => {
    const constant = Array<number>(60).fill(0.1);
    using forecaster = await Forecaster.train(constant.slice(0, 40), { ...SHORT, lookback: 4 });
    const { intervals } = forecaster.backtest(constant).entries[0];
    expect(intervals?.byStep.map(({ coverage, width }) => [coverage, width])).toEqual(Array(HORIZON).fill([1, 0]));
  });
});
