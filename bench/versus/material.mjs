import { loadPackage } from "../package.mjs";

/*
 * Weights and data of a workload: recurve's own initial weights under PyTorch's names, and numbers from a seeded generator.
 */

/** Numbers in [0, 1), the same in every run (mulberry32). */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * recurve's network of a workload.
 * @param reset of GRUs: some peers know only one form
 */
export async function networkOf(spec, reset = "after") {
  const recurve = await loadPackage();
  const { Model, sequential, bidirectional, dense, lastStep, finalState, oneHot } = recurve;
  const { cell, units, inputSize, vocabulary, outputs, answers } = spec;
  if (answers !== undefined) return new Model(recurve.encoderDecoder(translation(spec)), { seed: 1 });
  const options = { name: "rnn", ...(cell === "gru" && reset === "before" && { reset }) };
  const layer = recurve[cell](units, options);
  const take = { all: [], last: [lastStep()], final: [finalState()] }[spec.take];
  const read = vocabulary === undefined ? [] : [oneHot(vocabulary)];
  const head = outputs === undefined ? [] : [dense(outputs, { name: "head" })];
  const layers = sequential(...read, spec.isBidirectional ? bidirectional(layer) : layer, ...take, ...head);
  return new Model(layers, { seed: 1, ...(vocabulary === undefined && { inputSize }) });
}

function translation({ cell, vocabulary, units, answers }) {
  const sizes = { vocabularySize: vocabulary, targetVocabularySize: vocabulary, units };
  return { cell, ...sizes, embeddingSize: units, targetEmbeddingSize: units, start: 1, steps: answers };
}

/**
 * Everything that a contender starts from.
 * @returns { weights, input, tokens, target, answers }: weights Map name → { data, shape } under PyTorch's names;
 *   input [B, T, D] or tokens [B, T]; targets [B, outputs] or classes [B] or [B, T]
 */
export async function materialOf(spec) {
  const { exportWeights } = await loadPackage();
  const model = await networkOf(spec);
  const weights = new Map(
    [...exportWeights(model, { to: "pytorch" })].map(([name, { data, shape }]) => [name, { data, shape }]),
  );
  model.dispose();
  const random = generator(7);
  const { batchSize, steps, inputSize, vocabulary, outputs, answers } = spec;
  const drawn = (count, draw) => Array.from({ length: count }, draw);
  const classes = (count) => Int32Array.from(drawn(count, () => Math.floor(random() * (outputs ?? 1))));
  const rows = batchSize * steps;
  return {
    weights,
    ...(vocabulary === undefined
      ? { input: Float32Array.from(drawn(rows * inputSize, () => 2 * random() - 1)) }
      : { tokens: Int32Array.from(drawn(rows, () => Math.floor(random() * vocabulary))) }),
    ...(spec.loss === "crossEntropy" && {
      target: classes(batchSize * (answers ?? (spec.take === "all" ? steps : 1))),
    }),
    ...(spec.loss === "meanSquaredError" && { target: Float32Array.from(drawn(batchSize, () => 2 * random() - 1)) }),
  };
}
