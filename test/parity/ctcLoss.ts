import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { LabelRun, LossResult, Numbers } from "../support/subjectContract.js";
import { compareTensors, type Engine } from "./engine.js";

/**
 * The library's loss is torch's mean: each sequence's divided by its number of labels. A sum or no reduction is each
 * sequence by itself, times that number.
 */
export function attemptCtc<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const [steps, batch, classes] = reference.shape("input");
  const options = { blank: reference.number("blank"), zeroInfinity: reference.config.zero_infinity };
  const run = readRun(reference, engine);
  const reduction = reference.text("reduction");
  const size = steps * classes;
  const alone = (index: number): LossResult<A> => {
    const prediction = engine.numbers(Array.from(run.prediction).slice(index * size, (index + 1) * size));
    const own = { prediction, classes, lengths: [run.lengths[index]], labels: [run.labels[index]] };
    return engine.subject.runLabelLoss("ctc", own, options);
  };
  const each = Array.from({ length: batch }, (_, index) => alone(index));
  const counts = run.labels.map(({ length }) => Math.max(1, length));
  const losses = each.map(({ loss }, index) => loss * counts[index]);
  const factorOf = (index: number) => counts[index] * (reduction === "none" ? reference.values("g.loss")[index] : 1);
  const whole = engine.subject.runLabelLoss("ctc", run, options);
  const gradient =
    reduction === "mean"
      ? Array.from(whole.gradient)
      : each.flatMap((result, index) => Array.from(result.gradient, (value) => value * factorOf(index)));
  const sum = losses.reduce((total, loss) => total + loss, 0);
  const loss = reduction === "mean" ? [whole.loss] : reduction === "sum" ? [sum] : losses;
  const names = [...reference.tensors.keys()].filter((name) => name === "loss" || name.startsWith("grad."));
  const produced = timeFirst(gradient, steps, batch, classes);
  const impossible = each.map((result) => result.loss === Infinity);
  return compareTensors(reference, engine, names, {
    loss,
    "grad.input": withUndefined(reference, produced, impossible),
  });
}

/** The derivative, where an infinite loss has none in the reference (torch's ∞ · 0) as undefined as that. */
function withUndefined(
  reference: ReferenceCase,
  gradient: readonly number[],
  impossible: readonly boolean[],
): number[] {
  const [, batch, classes] = reference.shape("input");
  const expected = reference.values("grad.input");
  return gradient.map((value, at) => {
    const isUndefined = impossible[Math.floor(at / classes) % batch] && Number.isNaN(expected[at]);
    return isUndefined ? Number.NaN : value;
  });
}

function readRun<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): LabelRun<A> {
  const [steps, batch, classes] = reference.shape("input");
  const [input, target] = [reference.values("input"), reference.values("target")];
  const most = target.length / batch;
  const counts = reference.values("target_lengths");
  const batchFirst = Array.from({ length: input.length }, (_, at) => {
    const [index, step, column] = [Math.floor(at / classes / steps), Math.floor(at / classes) % steps, at % classes];
    return input[(step * batch + index) * classes + column];
  });
  return {
    prediction: engine.numbers(batchFirst),
    classes,
    lengths: Array.from(reference.values("input_lengths")),
    labels: Array.from(counts, (count, index) => Array.from(target.slice(index * most, index * most + count))),
  };
}

/** [B, T, C] → [T, B, C] */
function timeFirst(values: readonly number[], steps: number, batch: number, classes: number): number[] {
  return Array.from({ length: values.length }, (_, at) => {
    const [step, index, column] = [Math.floor(at / classes / batch), Math.floor(at / classes) % batch, at % classes];
    return values[(index * steps + step) * classes + column];
  });
}
