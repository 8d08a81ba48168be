import type { OracleLoss } from "./losses.js";
import { softmaxRow } from "./softmax.js";

const addLogs = (values: readonly number[]): number => {
  const most = Math.max(...values);
  return most === -Infinity ? most : most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
};

/**
 * Connectionist temporal classification of one sequence, as Graves et al. (2006) write it, §4.1: α and β both hold the
 * symbol of their step. Steps of weight 0 are left out. The loss is divided by the number of labels, at least 1.
 */
export const ctc: OracleLoss = (prediction, target, shape, options = {}, weights) => {
  const { blank = 0, zeroInfinity = false } = options as { blank?: number; zeroInfinity?: boolean };
  const classes = shape[shape.length - 1];
  const steps = Array.from({ length: prediction.length / classes }, (_, t) => t).filter((t) => weights?.[t] !== 0);
  const logP = steps.map((t) => softmaxRow(prediction.subarray(t * classes, (t + 1) * classes), true));
  const places = [blank, ...Array.from(target).flatMap((label) => [label, blank])];
  const gradient = new Float64Array(prediction.length);
  const last = steps.length - 1;
  if (last < 0) return { loss: 0, gradient };
  const passes = (s: number) => s >= 2 && places[s] !== blank && places[s] !== places[s - 2];
  const alpha = logP.map(() => places.map(() => -Infinity));
  const beta = logP.map(() => places.map(() => -Infinity));
  for (let t = 0; t <= last; t++) {
    places.forEach((symbol, s) => {
      const from =
        t === 0
          ? s < 2
            ? [0]
            : []
          : [s, s - 1, ...(passes(s) ? [s - 2] : [])].map((p) => alpha[t - 1][p] ?? -Infinity);
      alpha[t][s] = logP[t][symbol] + addLogs(from);
    });
  }
  for (let t = last; t >= 0; t--) {
    places.forEach((symbol, s) => {
      const isEnd = s >= places.length - 2;
      const to =
        t === last
          ? isEnd
            ? [0]
            : []
          : [s, s + 1, ...(passes(s + 2) ? [s + 2] : [])].map((p) => beta[t + 1][p] ?? -Infinity);
      beta[t][s] = logP[t][symbol] + addLogs(to);
    });
  }
  const likelihood = addLogs(alpha[last].slice(-2));
  if (likelihood === -Infinity) return { loss: zeroInfinity ? 0 : Infinity, gradient };
  const count = Math.max(1, target.length);
  steps.forEach((step, t) => {
    for (let c = 0; c < classes; c++) {
      const through = places.flatMap((symbol, s) => (symbol === c ? [alpha[t][s] + beta[t][s] - logP[t][c]] : []));
      gradient[step * classes + c] = (Math.exp(logP[t][c]) - Math.exp(addLogs(through) - likelihood)) / count;
    }
  });
  return { loss: -likelihood / count, gradient };
};
