/** Training that can be cut anywhere: a job that may be stopped at any time keeps one file, and loses nothing. */
import { adam, dense, gru, lastStep, Model, meanSquaredError, scaler, sequential, Trainer, windows } from "recurve";

const series = Array.from({ length: 300 }, (_, hour) => 20 + 5 * Math.sin(hour / 4) + 2 * Math.sin(hour / 1.7));
const scale = scaler().fit(series);
const data = windows(scale.transform(series), { window: 16 });

const begin = () =>
  new Trainer(new Model(sequential(gru(12), lastStep(), dense(1)), { inputSize: 1, seed: 1 }), data, {
    loss: meanSquaredError,
    optimizer: adam({ learningRate: 0.01 }),
    validation: 0.2, // the last fifth, never trained on
    patience: 5, // the best weights come back at the end
    epochs: 30,
    extras: { scaler: scale },
  });

// Each slice could run in a process of its own: a Worker, a cron job, a machine that is taken away.
let file = begin().save();
for (let slice = 1; ; slice++) {
  const trainer = Trainer.resume(file, data);
  const { stopped } = trainer.run({ work: 20e6 }); // multiply-adds: a slice is as long wherever clocks stand still
  file = trainer.save();
  console.log(`slice ${slice}: ${trainer.updates} updates, epoch ${trainer.epochs}, ${file.length} bytes kept`);
  trainer.model.dispose();
  if (stopped !== undefined) break;
}

const cut = Trainer.resume(file, data);
const uncut = begin();
uncut.run({ epochs: 30 });
const [first, second] = [cut, uncut].map(({ model }) => model.save().join());
console.log(
  `validation loss ${Math.min(...cut.validationLosses).toFixed(5)}, ${cut.stopped} after ${cut.epochs} epochs`,
);
console.log(`the same bits as without a cut: ${first === second}`);
