import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const KINDS = { elman: "RNNTimeStep", gru: "GRUTimeStep", lstm: "LSTMTimeStep" };

export const name = "brain.js";
/** Its equations and its update rule (a clipped RMSProp) are its own, and it has no batches: nothing to check it against. */
export const isUnchecked = true;

/** Why a workload has no row of it. */
export function refuses({ act, vocabulary, isBidirectional }) {
  if (act === "step") return "carries no state from call to call";
  if (isBidirectional) return "has no bidirectional layers";
  if (vocabulary !== undefined) return "has no batches of token sequences";
  return undefined;
}

/** Sequences one after another; in training a pass over all of them, an update each. */
export function make(spec, { input, target }) {
  const { recurrent } = require("brain.js");
  const { batchSize, steps, inputSize, units, act, rate } = spec;
  const network = new recurrent[KINDS[spec.cell]]({ inputSize, hiddenLayers: [units], outputSize: inputSize });
  const rows = (index) =>
    Array.from({ length: steps }, (_, t) => [
      ...input.subarray((index * steps + t) * inputSize, (index * steps + t + 1) * inputSize),
    ]);
  const sequences = Array.from({ length: batchSize }, (_, index) => rows(index));
  // Its equations are bound by training only.
  const options = { iterations: 1, errorThresh: 0, learningRate: rate ?? 0.001, errorCheckInterval: 1000 };
  if (act === "sequence") {
    network.train([sequences[0]], options);
    return { name, run: () => void sequences.map((sequence) => network.run(sequence)) };
  }
  // It learns to continue a sequence: the answer becomes its last row.
  const data = sequences.map((sequence, index) => [...sequence, new Array(inputSize).fill(target[index])]);
  return { name, run: () => void network.train(data, options) };
}
