/**
 * How long `fit` holds the event loop up: the longest stretch between two turns while networks of several sizes train, as a
 * histogram of the loop's delay sees it. An update that is longer than a stretch by itself shows as its own length.
 *   node bench/eventLoop.mjs [path of the built package]
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

const path = process.argv[2];
const recurve = await import(path === undefined ? "../dist/index.js" : pathToFileURL(path).href);
const { crossEntropy, dense, fit, lastStep, lstm, Model, meanSquaredError, sequential, windows } = recurve;

const series = Float32Array.from({ length: 4000 }, (_, index) => Math.sin(index / 7) + Math.sin(index / 31));
const classes = (time) => ({
  input: Array.from({ length: 400 }, (_, index) =>
    Array.from({ length: 1 + ((index * 13) % time) }, () => [index % 5]),
  ),
  target: Array.from({ length: 400 }, (_, index) => index % 5),
});
const runs = {
  "lstm(5), windows of 10, batch 1": [5, windows(series, { window: 10 }), { batchSize: 1, epochs: 4 }],
  "lstm(32), windows of 24, batch 32, validation": [
    32,
    windows(series, { window: 24 }),
    { epochs: 4, validation: 0.5 },
  ],
  "lstm(64), ragged up to 400 steps, batch 8": [64, classes(400), { batchSize: 8, epochs: 2 }],
  "lstm(128), windows of 50, batch 32": [128, windows(series.subarray(0, 1500), { window: 50 }), { epochs: 1 }],
};

for (const [name, [units, data, options]] of Object.entries(runs)) {
  const isClass = Array.isArray(data.target);
  const model = new Model(sequential(lstm(units), lastStep(), dense(isClass ? 5 : 1)), { inputSize: 1 });
  let [longest, last, updates] = [0, performance.now(), 0];
  const onUpdate = () => {
    const time = performance.now();
    if (updates > 0) longest = Math.max(longest, time - last);
    last = time;
    updates++;
  };
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const start = performance.now();
  await fit(model, data, { loss: isClass ? crossEntropy : meanSquaredError, ...options, onUpdate });
  const seconds = (performance.now() - start) / 1000;
  delays.disable();
  const most = (delays.max / 1e6).toFixed(1);
  console.log(
    `${name}: ${updates} updates in ${seconds.toFixed(1)} s, event loop held up ${most} ms at most; from update to update ${longest.toFixed(1)} ms at most`,
  );
}
