/** Updates that each network is trained for. */
export const updates = 50;

/**
 * Trains an LSTM, a GRU and an Elman network on sequences of unequal lengths, shuffled, with clipping; a bidirectional one with
 * layer normalisation, zoneout and dropout; one by truncated back-propagation; an encoder–decoder with attention and scheduled
 * sampling. The last three are cut in the middle and resumed from a file.
 *
 * @param recurve the package, however the runtime at hand imports it
 * @returns the trained weights of each network, one array a parameter
 */
export function trainNetworks(recurve) {
  const { adam, elman, gru, lstm, sgd } = recurve;
  return {
    lstm: train(recurve, lstm(16), adam({ learningRate: 0.01 })),
    gru: train(recurve, gru(16), adam({ learningRate: 0.01 })),
    elman: train(recurve, elman(16), sgd({ learningRate: 0.05, momentum: 0.9 })),
    bidirectional: trainBidirectional(recurve),
    truncated: trainTruncated(recurve),
    encoderDecoder: trainEncoderDecoder(recurve),
  };
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

/** Runs a trainer for the updates, cut in the middle and resumed from its file. */
function weightsOf(recurve, model, data, options) {
  const { Trainer } = recurve;
  const first = new Trainer(model, data, { batchSize: 8, seed: 7, ...options });
  first.run({ batches: updates / 2 });
  const trainer = Trainer.resume(first.save(), data);
  trainer.run({ batches: updates / 2 });
  const weights = trainer.model.parameters.map((parameter) => Float32Array.from(parameter.read().data));
  for (const one of [trainer, first, model]) one.dispose();
  return weights;
}

function trainBidirectional(recurve) {
  const { adamW, bidirectional, dense, dropout, lstm, max, meanAbsoluteError, Model, sequential } = recurve;
  const layer = lstm(8, { normalization: "layer", zoneout: 0.1, recurrentDropout: 0.2 });
  const model = new Model(sequential(bidirectional(layer), dropout(0.2), max(), dense(1)), { inputSize: 2, seed: 1 });
  return weightsOf(recurve, model, examples(), { loss: meanAbsoluteError, optimizer: adamW({ learningRate: 0.01 }) });
}

function trainTruncated(recurve) {
  const { dense, gru, meanSquaredError, Model, rmsprop, sequential, streams, truncated } = recurve;
  const draw = generator(5);
  const series = Array.from({ length: 400 }, () => draw() - 0.5);
  const model = new Model(sequential(gru(8), dense(1)), { inputSize: 1, seed: 1 });
  return weightsOf(recurve, model, streams(series, { batchSize: 4 }), {
    loss: meanSquaredError,
    optimizer: rmsprop({ learningRate: 0.01 }),
    truncate: truncated({ every: 3, window: 7 }),
    batchSize: 4,
  });
}

/** Numbers said backwards: token lists of unequal lengths. */
function trainEncoderDecoder(recurve) {
  const { adam, crossEntropy, encoderDecoder, Model } = recurve;
  const model = new Model(
    encoderDecoder({
      ...{
        cell: "gru",
        vocabularySize: 8,
        targetVocabularySize: 8,
        units: 8,
        bidirectional: true,
        attention: "general",
      },
      ...{ teacherForcing: 0.5, start: 0, stop: 1 },
    }),
    { seed: 1 },
  );
  const draw = generator(9);
  const input = Array.from({ length: 24 }, (_, i) =>
    Array.from({ length: 1 + (i % 5) }, () => 2 + Math.floor(6 * draw())),
  );
  const data = { input, target: input.map((tokens) => [...tokens].reverse().concat(1)) };
  return weightsOf(recurve, model, data, { loss: crossEntropy, optimizer: adam({ learningRate: 0.01 }) });
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
export function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x1_0000_0000;
  };
}
