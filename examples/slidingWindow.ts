/** The textbook's algorithm: slide a window of k steps, error at its end, back-propagation through time, update. */
import { evaluate, fit, Model, manyToOne, meanSquaredError, sgd, windows } from "recurve";

const series = Array.from({ length: 600 }, (_, step) => Math.sin(step / 5) * 0.7 + Math.sin(step / 13) * 0.3);
const data = windows(series, { window: 10 });
const [past, future] = [data.slice(0, 450), data.slice(450, data.count)];

const model = new Model(manyToOne({ cell: "elman", inputSize: 1, units: 16, outputSize: 1, activation: "tanh" }));
const before = evaluate(model, future, { loss: meanSquaredError }).loss;
await fit(model, past, {
  loss: meanSquaredError,
  optimizer: sgd({ learningRate: 0.02 }),
  epochs: 40,
  batchSize: 1,
  shuffle: false,
});
const after = evaluate(model, future, { loss: meanSquaredError }).loss;

console.log(`mean squared error before ${before.toFixed(4)}, after ${after.toFixed(4)}`);
console.log(`one step ahead: ${model.predict(series.slice(-10)).item().toFixed(3)}`);
