import { adam, dense, fit, lastStep, lstm, Model, meanSquaredError, sequential, windows } from "recurve";
import { it } from "vitest";
import { learns } from "./report.js";

const SEED = 1;
/** Steps that the network goes on alone. */
const AHEAD = 100;

it("sine: goes on by itself for 100 steps, four periods", () =>
  learns(async () => {
    const wave = (step: number): number => Math.sin((2 * Math.PI * step) / 25);
    const series = Array.from({ length: 500 }, (_, step) => wave(step));
    using model = new Model(sequential(lstm(16), lastStep(), dense(1)), { seed: SEED });
    await fit(model, windows(series, { window: 25 }), {
      loss: meanSquaredError,
      optimizer: adam({ learningRate: 5e-3 }),
      epochs: 60,
      batchSize: 16,
      shuffle: true,
      seed: SEED,
    });
    const path = series.slice(-25);
    let sum = 0;
    for (let step = 0; step < AHEAD; step++) {
      const next = model.predict(path.slice(-25)).item();
      path.push(next);
      sum += (next - wave(500 + step)) ** 2;
    }
    const figure = Math.sqrt(sum / AHEAD);
    return { task: "sine", network: "lstm(16)", seed: SEED, figure, kind: "error", bound: 0.01 };
  }));
