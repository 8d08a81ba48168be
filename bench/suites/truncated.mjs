import { loadPackage } from "../package.mjs";
import { timeRatio } from "../rounds.mjs";

/*
 * Truncated back-propagation, BPTT(k2; k1): a step costs one step forward and k2/k1 steps back, and a way back is two products for
 * each one of the way forward. Every item's work is steps of all streams together.
 */

const EVERY = 16,
  STREAMS = 16,
  INPUTS = 16,
  UNITS = 64;
const RATIOS = [1, 2, 4];
/** Updates of one run, and steps of a stream: an epoch's end does not count. */
const UPDATES = 16,
  STEPS = 16_384;

const nameOf = (ratio) => `k1=${EVERY}, k2=${ratio * EVERY}`;
const WHOLE = `whole sequences of ${EVERY} steps`;

function item({ Model, Trainer, sequential, lstm, dense, meanSquaredError, sgd }, name, data, more) {
  const model = new Model(sequential(lstm(UNITS), dense(1)), { inputSize: INPUTS });
  const optimizer = sgd({ learningRate: 1e-3 });
  const options = { loss: meanSquaredError, optimizer, batchSize: STREAMS, shuffle: false, ...more };
  const trainer = new Trainer(model, data, options);
  return { name, work: UPDATES * EVERY * STREAMS, run: () => trainer.run({ batches: UPDATES }) };
}

/** [STREAMS, steps] of features and a target each. */
function dataOf({ Tensor }, count, steps) {
  const values = (width, factor) =>
    Float32Array.from({ length: count * steps * width }, (_, at) => Math.sin(at * factor));
  return {
    input: new Tensor(values(INPUTS, 0.37), [count, steps, INPUTS]),
    target: new Tensor(values(1, 0.11), [count, steps, 1]),
  };
}

export const truncated = {
  name: "truncated",
  title: `Truncated back-propagation: lstm(${UNITS}), D=${INPUTS}, ${STREAMS} streams`,
  unit: "steps/ms",
  perMillisecond: 1,
  digits: 0,
  yardsticks: "none",
  async items() {
    const recurve = await loadPackage();
    const streams = dataOf(recurve, STREAMS, STEPS);
    return [
      item(recurve, WHOLE, dataOf(recurve, (STREAMS * STEPS) / EVERY, EVERY), {}),
      ...RATIOS.map((ratio) =>
        item(recurve, nameOf(ratio), streams, { truncate: recurve.truncated({ every: EVERY, window: ratio * EVERY }) }),
      ),
    ];
  },
  extras(results) {
    const ratio = (name, above, below) => {
      const spread = timeRatio(results, above, below);
      return { name, figure: spread.median, spread, unit: "times" };
    };
    return [
      ratio("k2 = k1 over whole sequences", nameOf(1), WHOLE),
      ...RATIOS.slice(1).map((times) => {
        const [products, ways] = [(1 + 2 * times) / 3, (1 + times) / 2].map((value) => value.toFixed(2));
        return ratio(`k2 = ${times} k1 over k2 = k1 (products ${products}, ways ${ways})`, nameOf(times), nameOf(1));
      }),
    ];
  },
};
