import type { StreamTraining, TrainingResult } from "../support/trainingContract.js";
import { trainTruncated } from "./truncated.js";

/** One recurrent layer and a head under torch's names, over streams side by side. */
export function trainStreams(training: StreamTraining<Float64Array>): TrainingResult<Float64Array> {
  const {
    cell,
    options,
    units,
    optimizer,
    clipNorm,
    clipValue,
    every,
    window,
    sets,
    batch,
    steps,
    x,
    inputSize,
    target,
    outputs,
  } = training;
  const ours = (name: string) => name.replace(/^rnn\./, "0.").replace(/^fc\./, "1.");
  const initial = Object.fromEntries(Object.entries(training.initial).map(([name, values]) => [ours(name), values]));
  const { loss, gradientNorm, final, states } = trainTruncated({
    layers: [{ cell, units, ...(options && { options }) }],
    ...{ optimizer, initial, every, window, batchSize: batch },
    ...(clipNorm !== undefined && { clipNorm }),
    ...(clipValue !== undefined && { clipValue }),
    input: sequences(x, sets * batch, steps, inputSize),
    target: sequences(target, sets * batch, steps, outputs),
  });
  const names = Object.keys(training.initial);
  return { loss, gradientNorm, states, final: Object.fromEntries(names.map((name) => [name, final[ours(name)]])) };
}

/** [count, steps, width] as nested lists. */
function sequences(values: Float64Array, count: number, steps: number, width: number): number[][][] {
  const row = (at: number) => Array.from(values.subarray(at * width, (at + 1) * width));
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: steps }, (_, step) => row(index * steps + step)),
  );
}
