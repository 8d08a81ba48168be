import type { OracleLoss } from "./losses.js";
import { softmaxRow } from "./softmax.js";

/** Loss of one row, and its derivative by the row's outputs. */
type Row = (y: Float64Array, t: readonly number[]) => readonly [loss: number, slopes: readonly number[]];

/** Σ w l / (Σ w · share) over rows. */
function meanOfRows(row: Row, each = 1): OracleLoss {
  return (prediction, target, shape, _, weights) => {
    const width = shape[shape.length - 1];
    const rows = prediction.length / width;
    const wanted = target.length / rows;
    const weightOf = (index: number) => weights?.[index] ?? 1;
    const total = Array.from({ length: rows }, (__, index) => weightOf(index)).reduce((a, b) => a + b, 0) * each;
    const gradient = new Float64Array(prediction.length);
    let loss = 0;
    for (let index = 0; index < rows; index++) {
      if (weightOf(index) === 0) continue;
      const t = Array.from(target).slice(index * wanted, (index + 1) * wanted);
      const [value, slopes] = row(prediction.subarray(index * width, (index + 1) * width), t);
      loss += (weightOf(index) / total) * value;
      gradient.set(
        slopes.map((slope) => (weightOf(index) / total) * slope),
        index * width,
      );
    }
    return { loss, gradient };
  };
}

/** −ln N(t; μ, v), v at least ε; without ½ ln 2π unless `full`. The derivative passes ε. */
export const gaussianNll: OracleLoss = (prediction, target, shape, options = {}, weights) => {
  const given = { spread: "logVariance", epsilon: 1e-6, full: false, ...options };
  const { spread, epsilon, full }: { spread: string; epsilon: number; full: boolean } = given;
  const row: Row = (y, t) => {
    const n = t.length;
    const variance = t.map((_, i) => Math.max(spread === "variance" ? y[n + i] : Math.exp(y[n + i]), epsilon));
    const terms = t.map((value, i) => Math.log(variance[i]) + (y[i] - value) ** 2 / variance[i]);
    const constant = full ? Math.log(2 * Math.PI) : 0;
    const byVariance = t.map((value, i) => (1 / variance[i] - (y[i] - value) ** 2 / variance[i] ** 2) / 2);
    return [
      terms.reduce((sum, term) => sum + (term + constant) / 2, 0),
      [
        ...t.map((value, i) => (y[i] - value) / variance[i]),
        ...byVariance.map((slope, i) => (spread === "variance" ? slope : slope * variance[i])),
      ],
    ];
  };
  return meanOfRows(row, shape[shape.length - 1] / 2)(prediction, target, shape, {}, weights);
};

/** Σ t (ln t − ln softmax(y)), 0 ln 0 = 0; targets may be ln t. */
export const klDivergence: OracleLoss = (prediction, target, shape, options = {}, weights) => {
  const row: Row = (y, given) => {
    const t = given.map((value) => (options.logTarget === true ? Math.exp(value) : value));
    const [p, logP] = [softmaxRow(y, false), softmaxRow(y, true)];
    const mass = t.reduce((sum, value) => sum + value, 0);
    const loss = t.reduce((sum, value, c) => sum + (value === 0 ? 0 : value * (Math.log(value) - logP[c])), 0);
    return [loss, t.map((value, c) => p[c] * mass - value)];
  };
  return meanOfRows(row)(prediction, target, shape, {}, weights);
};

/** One component's z, and the derivatives of ln N by means, s and r, as Bishop (1994) and Graves (2013) give them. */
function component(means: number[], spreads: number[], r: number | undefined, t: readonly number[]) {
  const z = means.map((mean, i) => (t[i] - mean) / Math.exp(spreads[i]));
  const constant = -spreads.reduce((a, b) => a + b, 0) - (means.length / 2) * Math.log(2 * Math.PI);
  if (r === undefined) {
    const byMeans = z.map((value, i) => value / Math.exp(spreads[i]));
    const density = constant - z.reduce((sum, value) => sum + value ** 2, 0) / 2;
    return { density, byMeans, bySpreads: z.map((value) => value ** 2 - 1), byCorrelation: [] as number[] };
  }
  const [rho, free] = [Math.tanh(r), 1 / Math.cosh(r) ** 2];
  const square = z[0] ** 2 + z[1] ** 2 - 2 * rho * z[0] * z[1];
  const lean = [z[0] - rho * z[1], z[1] - rho * z[0]];
  return {
    density: constant - square / (2 * free) - Math.log(free) / 2,
    byMeans: lean.map((value, i) => value / (free * Math.exp(spreads[i]))),
    bySpreads: lean.map((value, i) => (z[i] * value) / free - 1),
    byCorrelation: [z[0] * z[1] + rho * (1 - square / free)],
  };
}

/** −ln Σ π N(t) − Σ t ln p of the categories. */
export const mixtureDensity: OracleLoss = (prediction, target, shape, options = {}, weights) => {
  const { components, correlated, categories = 0, epsilon = 1e-6 } = options as Record<string, number>;
  const row: Row = (y, t) => {
    const size = t.length - categories;
    const at = (from: number, count: number) => Array.from(y.subarray(from, from + count));
    const spreadsFrom = components * (1 + size);
    const correlationsFrom = spreadsFrom + components * size;
    const parts = Array.from({ length: components }, (_, k) => {
      const spreads = at(spreadsFrom + k * size, size).map((s) => Math.max(s, Math.log(epsilon) / 2));
      return component(at(components + k * size, size), spreads, correlated ? y[correlationsFrom + k] : undefined, t);
    });
    const logits = y.subarray(0, components);
    const joint = softmaxRow(logits, true).map((weight, k) => weight + parts[k].density);
    const most = Math.max(...joint);
    const log = most + Math.log(joint.reduce((sum, value) => sum + Math.exp(value - most), 0));
    const [prior, posterior] = [softmaxRow(logits, false), joint.map((value) => Math.exp(value - log))];
    const shared = (key: "byMeans" | "bySpreads" | "byCorrelation") =>
      parts.flatMap((part, k) => part[key].map((slope) => -posterior[k] * slope));
    const choices = y.subarray(y.length - categories);
    const chosen = t.slice(size);
    const mass = chosen.reduce((sum, value) => sum + value, 0);
    const [p, logP] = categories > 0 ? [softmaxRow(choices, false), softmaxRow(choices, true)] : [[], []];
    return [
      chosen.reduce((sum, value, c) => sum - value * logP[c], -log),
      [
        ...Array.from(prior, (weight, k) => weight - posterior[k]),
        ...shared("byMeans"),
        ...shared("bySpreads"),
        ...shared("byCorrelation"),
        ...chosen.map((value, c) => p[c] * mass - value),
      ],
    ];
  };
  return meanOfRows(row)(prediction, target, shape, {}, weights);
};
