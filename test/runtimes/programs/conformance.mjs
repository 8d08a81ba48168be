import { sha256 } from "./sha256.mjs";

/** What every runtime must get. It changes only with a change of results that is wanted and said in the changelog. */
export const expected = "b7c7381d224f3b8c6941649410a5ac59b79e0ef154f72715c358b2be0101e40a";

const updates = 50;

/**
 * Trains an LSTM, a GRU and an Elman network on sequences of unequal lengths, shuffled, with clipping.
 *
 * @param recurve the package, however the runtime at hand imports it
 * @returns `hash` of all trained weights, and `parts`, that of each network for finding out which one differs
 */
export function conformance(recurve) {
  const { adam, elman, gru, lstm, sgd } = recurve;
  const trained = {
    lstm: train(recurve, lstm(16), adam({ learningRate: 0.01 })),
    gru: train(recurve, gru(16), adam({ learningRate: 0.01 })),
    elman: train(recurve, elman(16), sgd({ learningRate: 0.05, momentum: 0.9 })),
  };
  const parts = Object.fromEntries(Object.entries(trained).map(([name, weights]) => [name, hashOf(weights)]));
  return { hash: hashOf(Object.values(trained).flat()), parts };
}

/** The weights after the updates, one array a parameter. */
function train(recurve, layer, rule) {
  const { backpropagate, batches, clipGradients, dense, lastStep, meanSquaredError, Model, Optimizer, sequential } =
    recurve;
  const model = new Model(sequential(layer, lastStep(), dense(1)), { inputSize: 2, seed: 1 });
  const optimizer = new Optimizer(model, rule);
  const data = examples();
  let update = 0;
  for (let epoch = 0; update < updates; epoch++) {
    for (const batch of batches(data, { batchSize: 8, shuffle: true, seed: 7, epoch })) {
      if (update++ === updates) break;
      const loss = backpropagate(model, batch, meanSquaredError);
      if (!Number.isFinite(loss)) throw new Error(`the loss of update ${update} is ${loss}`);
      clipGradients(model, { norm: 1 });
      optimizer.update();
    }
  }
  const weights = model.parameters.map((parameter) => Float32Array.from(parameter.read().data));
  optimizer.dispose?.();
  model.dispose();
  return weights;
}

/** The adding problem: [time, 2] of a value and a mark, the target the sum of the marked values; 1 to 12 steps long. */
function examples() {
  const draw = generator(2024);
  const input = Array.from({ length: 45 }, (_, i) => {
    return Array.from({ length: 1 + (i % 12) }, () => [draw() - 0.5, draw() < 0.5 ? 0 : 1]);
  });
  return { input, target: input.map((sequence) => sequence.reduce((sum, [value, mark]) => sum + value * mark, 0)) };
}

/** Numbers in [0, 1) that are the same everywhere: a linear congruential generator (Numerical Recipes) on 32 bits. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/** Every NaN is taken for the same one: which of them comes out is the engine's choice. */
function hashOf(arrays) {
  const words = Uint32Array.from(arrays.flatMap((array) => Array.from(new Uint32Array(array.buffer))));
  const values = new Float32Array(words.buffer);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) words[i] = 0x7fc0_0000;
  return sha256(new Uint8Array(words.buffer));
}
