import type { LabelRun, LossResult } from "../support/subjectContract.js";
import { oracleLosses } from "./losses.js";

/** The mean over sequences of which a step counts, each by the first weight that is not 0. */
export function runLabelLoss(
  name: string,
  { prediction, classes, lengths, labels, weights }: LabelRun<Float64Array>,
  options: Readonly<Record<string, unknown>>,
): LossResult<Float64Array> {
  const size = prediction.length / lengths.length;
  const weightOf = (index: number) =>
    weights === undefined ? Number(lengths[index] > 0) : (Array.from(weights[index]).find((weight) => weight > 0) ?? 0);
  const total = lengths.reduce((sum, _, index) => sum + weightOf(index), 0);
  const gradient = new Float64Array(prediction.length);
  let loss = 0;
  lengths.forEach((length, index) => {
    if (weightOf(index) === 0) return;
    const own = prediction.slice(index * size, index * size + length * classes);
    const result = oracleLosses[name](own, labels[index], [length, classes], options, weights?.[index]);
    loss += (weightOf(index) / total) * result.loss;
    gradient.set(
      result.gradient.map((slope) => (weightOf(index) / total) * slope),
      index * size,
    );
  });
  return { loss, gradient };
}
