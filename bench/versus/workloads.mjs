/*
 * What is compared: networks described in plain data, which every contender builds in its own way from the same weights.
 *
 *   act         "step" (a stream, one step a turn), "sequence" (all outputs of a batch), "train" (forward, BPTT, update)
 *   cell        "elman", "gru" or "lstm";  inputSize D, units H, steps T, batchSize B
 *   vocabulary  V: the input is tokens, read as one-hot rows
 *   isBidirectional   both directions; `take: "final"` gives [forward's last; backward's first]
 *   take        "all" steps or the "last" one;  outputs: width of the dense layer after it
 *   loss        "meanSquaredError" or "crossEntropy";  optimizer: "adam" or "sgd", with `rate`
 *   answers     an encoder–decoder that answers so many tokens
 *   targets     least ratios of a peer's time to recurve's
 */

const STREAM_TARGETS = {
  32: { "onnxruntime-web": 25, "tfjs wasm": 100 },
  64: { "onnxruntime-web": 25, "tfjs wasm": 100 },
  128: { "onnxruntime-web": 10 },
  256: { "onnxruntime-web": 4.5 },
  512: { "onnxruntime-web": 2.5 },
};
const TRAINING_TARGETS = { 64: { "tfjs wasm": 30, PyTorch: 2.5 }, 256: { "tfjs wasm": 20, PyTorch: 0.9 } };

const streaming = ["lstm", "gru"].flatMap((cell) =>
  [32, 64, 128, 256, 512].map((units) => ({
    title: `step of a stream, ${cell} D=16 H=${units}`,
    ...{ act: "step", cell, inputSize: 16, units, steps: 1, batchSize: 1, take: "all" },
    targets: cell === "lstm" ? STREAM_TARGETS[units] : {},
  })),
);

const sequences = ["elman", "gru", "lstm"].flatMap((cell) =>
  [1, 32].map((batchSize) => ({
    title: `whole sequence, ${cell} T=100 B=${batchSize} D=64 H=128`,
    ...{ act: "sequence", cell, inputSize: 64, units: 128, steps: 100, batchSize, take: "all" },
    targets: cell === "lstm" ? { "onnxruntime-web": 1.8 } : {},
  })),
);

const training = ["elman", "gru", "lstm"].flatMap((cell) =>
  [64, 256].map((units) => ({
    title: `training step, ${cell} T=50 B=32 D=8 H=${units}`,
    ...{ act: "train", cell, inputSize: 8, units, steps: 50, batchSize: 32, take: "last", outputs: 1 },
    ...{ loss: "meanSquaredError", optimizer: "adam", rate: 1e-3 },
    targets: TRAINING_TARGETS[units],
  })),
);

const characters = {
  title: "character model, lstm V=64 H=128 T=64 B=32",
  ...{ act: "train", cell: "lstm", vocabulary: 64, inputSize: 64, units: 128, steps: 64, batchSize: 32, take: "all" },
  ...{ outputs: 64, loss: "crossEntropy", optimizer: "adam", rate: 1e-3 },
  targets: { "tfjs wasm": 25, PyTorch: 1.1 },
};

const textbook = {
  title: "textbook update, elman H=16 k=10 B=1",
  ...{ act: "train", cell: "elman", inputSize: 1, units: 16, steps: 10, batchSize: 1, take: "last", outputs: 1 },
  ...{ loss: "meanSquaredError", optimizer: "sgd", rate: 0.01, isSliding: true },
  targets: { "plain loops": 10, PyTorch: 300 },
};

const bidirectional = {
  title: "bidirectional classifier, lstm H=64 T=60 B=32 D=9",
  ...{ act: "train", cell: "lstm", inputSize: 9, units: 64, steps: 60, batchSize: 32, take: "final", outputs: 6 },
  ...{ isBidirectional: true, loss: "crossEntropy", optimizer: "adam", rate: 1e-3 },
  targets: {},
};

const encoderDecoder = {
  title: "encoder–decoder, lstm H=128, 12 to 12 tokens, V=64 B=32",
  ...{ act: "train", cell: "lstm", vocabulary: 64, inputSize: 64, units: 128, steps: 12, batchSize: 32, answers: 12 },
  ...{ outputs: 64, loss: "crossEntropy", optimizer: "adam", rate: 1e-3 },
  targets: {},
};

/** Groups of workloads by the name that `--only` takes. */
export const workloads = {
  streaming,
  sequences,
  training,
  characters: [characters],
  textbook: [textbook],
  bidirectional: [bidirectional],
  encoderDecoder: [encoderDecoder],
};
