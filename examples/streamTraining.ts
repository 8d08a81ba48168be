/** Training on a series too long to be unfolded: truncated back-propagation through time over stateful batches. */
import { adam, dense, evaluate, gru, Model, meanSquaredError, sequential, streams, Trainer, truncated } from "recurve";

// A pulse every 12 steps whose height was told 6 steps before: what matters lies further back than an update's own steps.
const heights = Array.from({ length: 2000 }, (_, pulse) => Math.sin(pulse * pulse));
const time = Array.from({ length: 24_000 }, (_, step) => step);
const told = time.map((step) => (step % 12 === 0 ? (heights[Math.floor(step / 12)] as number) : 0));
const pulses = time.map((step) => (step % 12 === 6 ? (heights[Math.floor(step / 12)] as number) : 0));
const series = time.map((step) => [told[step] as number, step % 12 === 6 ? 1 : 0]);

// Eight streams side by side, each of 3000 steps; an update every 4 of them, whose errors go back through 12.
const data = streams(series, { batchSize: 8, target: pulses });
const model = new Model(sequential(gru(12), dense(1)), { inputSize: 2, seed: 1 });
const truncate = truncated({ every: 4, window: 12 });
const trainer = new Trainer(model, data, {
  ...{ loss: meanSquaredError, optimizer: adam({ learningRate: 5e-3 }), clipNorm: 1, batchSize: 8, truncate },
});
const before = evaluate(model, data, { loss: meanSquaredError }).loss;

// It can be cut in the middle of the streams: the file holds the states, and the steps that errors still go back through.
trainer.run({ batches: 100 });
const file = trainer.save();
console.log(`of ${time.length} steps ${file.length} bytes are kept in the middle of the stream`);
const resumed = Trainer.resume(file, data);
resumed.run({ epochs: 3 });

const after = evaluate(resumed.model, data, { loss: meanSquaredError }).loss;
console.log(`mean squared error ${before.toFixed(5)}, after ${resumed.updates} updates ${after.toFixed(5)}`);
const session = resumed.model.session();
for (const step of series) session.step(step);
console.log(`the step after the stream: ${session.step([0.5, 0])[0]}`);
