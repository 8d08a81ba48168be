/** Losses whose targets are labels, through their planned rows. */
import { readRows } from "../../src/data/batches.js";
import { losses } from "../../src/losses/index.js";
import type { LabelRules, Loss } from "../../src/losses/loss.js";
import { Layout } from "../../src/tensor/layout.js";
import { padded, type Rows } from "../../src/tensor/rows.js";
import { floats, ints } from "../../src/wasm/memory.js";
import type { LabelRun, LossResult } from "./subjectContract.js";
import { within } from "./subjectPlan.js";

type F32 = Float32Array;

export function runLabelLoss(
  name: string,
  run: LabelRun<F32>,
  options: Readonly<Record<string, unknown>>,
): LossResult<F32> {
  return evaluateLabels(lossNamed(name, options), run);
}

export function evaluateLabels(loss: Loss, run: LabelRun<F32>): LossResult<F32> {
  const { prediction, classes: width, lengths, labels, weights } = run;
  return within((region) => {
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const steps = Math.max(...lengths);
    const layout = new Layout({ sequences: lengths.length, steps, rows }, region);
    layout.assign(lengths);
    const stride = 4 * padded(width);
    const [address, gradient] = [region.bytes(rows * stride), region.bytes(rows * stride)];
    const output: Rows = { address, gradient, width, stride, gradientStride: stride, layout };
    const most = Math.max(...labels.map(({ length }) => length));
    const target = region.bytes(lengths.length * 4 * (most + 2));
    const counts = weights === undefined ? 0 : region.words(rows);
    layout.order.forEach((sequence, rank) => {
      ints.set([labels[sequence].length, ...labels[sequence]], (target >> 2) + rank * (most + 2));
      for (let step = 0; step < layout.lengths[rank]; step++) {
        const row = layout.firstRow(step) + rank;
        const from = (sequence * (prediction.length / lengths.length / width) + step) * width;
        floats.set(prediction.subarray(from, from + width), (address + row * stride) >> 2);
        if (weights !== undefined) floats[(counts >> 2) + row] = weights[sequence][step];
      }
    });
    const room = region.bytes((loss.labels as LabelRules).room(steps, most));
    const given = { address: target, stride: 4 * (most + 2), room };
    const value = loss.evaluate(output, given, { address: gradient, stride }, counts);
    return { loss: value, gradient: padTo(readRows(output, true), lengths, steps, prediction.length / lengths.length) };
  });
}

/** [B, steps, C] as long as the prediction. */
function padTo(values: F32, lengths: readonly number[], steps: number, size: number): F32 {
  const padded = new Float32Array(lengths.length * size);
  const own = values.length / lengths.length;
  lengths.forEach((_, sequence) => {
    if (steps > 0) padded.set(values.subarray(sequence * own, (sequence + 1) * own), sequence * size);
  });
  return padded;
}

/** A registered loss with its options. */
export function lossNamed(name: string, options: Readonly<Record<string, unknown>>): Loss {
  const registered = losses[name as keyof typeof losses] as Loss | ((options: object) => Loss) | undefined;
  if (registered === undefined) throw new Error(`the loss ${name} is not built yet`);
  if (typeof registered === "function") return registered(options);
  if (Object.keys(options).length > 0) throw new Error(`${name} has no options, received ${Object.keys(options)}`);
  return registered;
}
