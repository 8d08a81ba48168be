import { readFileSync } from "node:fs";
import * as recurve from "recurve";
import { dataset } from "../../src/data/dataset.js";

const { dense, embedding, gru, lastStep, lstm, Model, sequential, tensor, windows } = recurve;

/** `count` values that are small and differ, the same at every call. */
function values(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => Math.sin(0.7 * (first + index)) / 2);
}

/** Rows [time, width]. */
function rows(time: number, width: number, first = 0): number[][] {
  return Array.from({ length: time }, (_, step) => values(width, first + step * width));
}

/** Sequences [count, time, width]. */
function sequencesOf(count: number, time: number, width: number): number[][][] {
  return Array.from({ length: count }, (_, index) => rows(time, width, 11 * index));
}

/** A series to go on with, and what to train and to measure with. */
export function forecasting() {
  const series = Array.from({ length: 150 }, (_, t) => 10 + Math.sin((2 * Math.PI * t) / 12) + t / 100);
  const model = new Model(sequential(gru(4), lastStep(), dense(1)), { inputSize: 1 });
  const data = windows(values(50), { window: 12 });
  const batch = { input: sequencesOf(3, 6, 1), target: [[0.1], [0.2], [0.3]] };
  const trainer = new recurve.Trainer(model, data, { loss: recurve.meanSquaredError });
  const people = [{ name: "Ada" }, { name: "Bob" }, { name: "Cleo" }, { name: "Dan" }];
  const { input: sequences, target: answers } = batch;
  return { series, model, data, batch, trainer, people, sequences, answers, test: data, ...batch, dataset };
}

/** An answer at every step. */
function following() {
  const model = new Model(sequential(lstm(4), dense(1)), { inputSize: 1 });
  const chunks = [0, 1, 2].map((chunk) => [rows(5, 1, 5 * chunk)]);
  const devices = ["a", "b", "c"];
  return { series: values(400), model, chunks, devices, samples: rows(3, 1), sequences: sequencesOf(2, 5, 1) };
}

/** Two networks to compare. */
function comparing() {
  const networks = [lstm(4), recurve.elman(4)].map((layer) => new Model(sequential(layer, lastStep(), dense(1))));
  const [a, b] = networks as [recurve.Model, recurve.Model];
  return { a, b, batch: { input: sequencesOf(3, 6, 1), target: [[0.1], [0.2], [0.3]] } };
}

/** Sequences of three classes. */
function classifying() {
  const model = new Model(sequential(gru(4), lastStep(), dense(3)), { inputSize: 2 });
  const sequences = sequencesOf(3, 6, 2);
  const data = { input: sequences, target: [0, 2, 1] };
  const optimizer = new recurve.Optimizer(model, recurve.adam());
  return { model, data, test: data, sequences, optimizer };
}

/** A class for each word, as a padded batch has it. */
function tagging() {
  const tagger = new Model(sequential(embedding(20, 4), lstm(4), dense(5)));
  const sentences = [
    [3, 1, 4, 1],
    [5, 9],
  ];
  return {
    tagger,
    sentences,
    tags: [
      [0, 1, 2, -100],
      [3, 4],
    ],
  };
}

/** Labels that may all hold at once. */
function labelling() {
  const model = new Model(sequential(gru(4), lastStep(), dense(2)));
  return {
    model,
    recordings: sequencesOf(3, 6, 2),
    labels: [
      [1, 0],
      [0, 0],
      [1, 1],
    ],
  };
}

/** Recordings [time, 13] of ten digits. */
function hearing() {
  const model = new Model(sequential(recurve.bidirectional(lstm(4)), dense(11)), { inputSize: 13 });
  return { model, recordings: [rows(9, 13), rows(6, 13, 5), rows(4, 13, 9)] };
}

/** Several numbers for one value: quantiles, parts of a mixture. */
function guessing(outputs: number) {
  const model = new Model(sequential(lstm(4), lastStep(), dense(outputs)), { inputSize: 1 });
  const input = sequencesOf(3, 6, 1);
  return { model, input, sequences: input, series: values(50), sequence: rows(6, 1), values: sequencesOf(3, 6, 1) };
}

/** Counts, which are not negative. */
function counting() {
  const model = new Model(sequential(gru(4), lastStep(), dense(1)));
  return { model, days: sequencesOf(3, 7, 2), visitors: [[3], [0], [12]] };
}

/** A small network that learns what a larger one thinks. */
function teaching() {
  const student = new Model(sequential(gru(4), lastStep(), dense(3)));
  return {
    student,
    sequences: sequencesOf(2, 6, 2),
    teacherProbabilities: [
      [0.7, 0.2, 0.1],
      [0.1, 0.1, 0.8],
    ],
  };
}

/** Tokens from tokens. */
function translating() {
  const words = recurve.vocabulary(["guten Morgen", "gute Nacht"], { start: "<start>", stop: "<stop>" });
  const letters = recurve.vocabulary(["good morning", "good night"], { start: "<start>", stop: "<stop>" });
  const sizes = { vocabularySize: words.size, targetVocabularySize: letters.size };
  const ends = { start: letters.start as number, stop: letters.stop as number };
  const translator = new Model(
    recurve.encoderDecoder({ cell: "gru", units: 8, attention: "dot", steps: 6, ...sizes, ...ends }),
  );
  const poet = new Model(recurve.oneToMany({ cell: "gru", vocabularySize: letters.size, units: 8, steps: 6 }));
  return { translator, poet, words, letters, write: (_text: string): void => {} };
}

/** A network that goes on with its own tokens. */
function generating() {
  return { model: new Model(sequential(embedding(10, 4), gru(4), dense(10))) };
}

/** Weights that come and go. */
function exchanging() {
  const network = () => sequential(lstm(64, { name: "rnn" }), lastStep(), dense(1, { name: "head" }));
  const model = new Model(network(), { inputSize: 8 });
  const bytes = recurve.writeSafetensors(recurve.exportWeights(model, { to: "pytorch" }));
  const stack = new Model(sequential(lstm(4), lstm(4)), { inputSize: 2 });
  const other = new Model(lstm(4), { inputSize: 2 });
  const tensors = recurve.exportWeights(other, { to: { gates: "igfo", joint: true, forgetBias: 1 } });
  const recordedInput = sequencesOf(2, 3, 8);
  return { model, bytes, stack, other, tensors, recordedInput, outputOfPyTorch: model.predictBatch(recordedInput) };
}

/** A network with its state as an input and an output, as torch.onnx.export writes it, and the second file, empty for so small a one. */
function exported() {
  const bytes = readFileSync(new URL("../fixtures/torch_onnx/rnn_tanh_state_nobias.onnx", import.meta.url));
  return { bytes, data: new Uint8Array(), x: sequencesOf(2, 6, 3), h0: rows(2, 8) };
}

/** Models as TensorFlow.js saves them. */
function borrowing() {
  const read = (name: string) => readFileSync(new URL(`../fixtures/keras_models/${name}`, import.meta.url));
  return {
    modelJson: read("embedding_lstm_dense/model.json").toString(),
    weightsBin: read("embedding_lstm_dense/weights.bin"),
    shardedJson: read("stacked_functional/model.json").toString(),
    first: read("stacked_functional/group1-shard1of2.bin"),
    second: read("stacked_functional/group1-shard2of2.bin"),
    translatorJson: read("encoder_decoder/model.json").toString(),
    translatorBin: read("encoder_decoder/weights.bin"),
    source: sequencesOf(2, 6, 3),
    decoderInput: sequencesOf(2, 4, 5),
  };
}

/** A network whose parts have names. */
function naming() {
  const model = new Model(sequential(lstm(4, { name: "rnn" }), lastStep(), dense(1, { name: "encoder" })), {
    inputSize: 1,
  });
  const initialState = { rnn: { h: tensor(rows(3, 4)), c: tensor(rows(3, 4)) } };
  return { model, input: sequencesOf(3, 6, 1), target: [[0.1], [0.2], [0.3]], initialState };
}

const three = () => guessing(3);
const fifteen = () => guessing(15);

/** What the example of a name may take for granted; `forecasting` where nothing is said. */
export const settings = {
  ...{ streams: following, truncated: following, run: following, stepAll: following, trace: following },
  ...{ drawGradientFlow: comparing },
  ...{
    crossEntropy: classifying,
    adadelta: classifying,
    adagrad: classifying,
    adamW: classifying,
    adamax: classifying,
  },
  ...{ lion: classifying, nadam: classifying, radam: classifying, rmsprop: classifying, ema: classifying },
  ...{ oneCycle: classifying, stepSchedule: classifying, warmUp: classifying, accuracy: classifying },
  ...{ WeightAverage: classifying },
  ...{ crossEntropyWith: tagging, binaryCrossEntropy: labelling, binaryCrossEntropyWith: labelling },
  ...{ ctc: hearing, ctcBeam: hearing, ctcGreedy: hearing },
  ...{ sortQuantiles: three, quantileLoss: three, mixtureDensity: fifteen, sampleMixture: fifteen },
  ...{ poisson: counting, klDivergence: teaching, decode: translating, generate: translating },
  ...{ chooseToken: generating, exportWeights: exchanging, importWeights: exchanging, verify: exchanging },
  ...{ KerasModel: borrowing, loadKeras: borrowing },
  ...{ describeOnnx: exported, loadOnnx: exported },
  ...{ setRates: naming, stateGradients: naming },
};
