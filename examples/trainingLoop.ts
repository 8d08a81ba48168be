/** A training loop of one's own: does a sequence hold more high values than low ones? */
import {
  adam,
  backpropagate,
  batches,
  clipGradients,
  crossEntropy,
  dense,
  gru,
  lastStep,
  Model,
  Optimizer,
  sequential,
} from "recurve";

const input = Array.from({ length: 256 }, (_, index) =>
  Array.from({ length: 5 + (index % 7) }, (_, step) => [Math.sin(index * 12.9 + step * 78.2)]),
);
const target = input.map((sequence) =>
  sequence.filter(([value = 0]) => value > 0).length * 2 > sequence.length ? 1 : 0,
);

const model = new Model(sequential(gru(16), lastStep(), dense(2)), { inputSize: 1, seed: 1 });
const optimizer = new Optimizer(model, adam({ learningRate: 0.01 }));
for (let epoch = 0; epoch < 60; epoch++) {
  let sum = 0;
  for (const batch of batches({ input, target }, { batchSize: 32, shuffle: true, seed: 7, epoch })) {
    sum += backpropagate(model, batch, crossEntropy); // forward, BPTT; gradients accumulate in the model
    clipGradients(model, { norm: 1 });
    optimizer.update(); // applies and clears
  }
  if (epoch % 20 === 19) console.log(`epoch ${epoch + 1}: loss ${(sum / 8).toFixed(3)}`);
}

const logits = model.predictBatch(input).toArray() as number[][];
const right = logits.filter(([low = 0, high = 0], index) => (high > low ? 1 : 0) === target[index]).length;
console.log(`${right} of ${input.length} told right`);
