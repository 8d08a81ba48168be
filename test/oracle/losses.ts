import type { LossResult } from "../support/subjectContract.js";
import { ctc } from "./ctcLoss.js";
import { gaussianNll, klDivergence, mixtureDensity } from "./densityLosses.js";
import { softmaxRow } from "./softmax.js";

/** Options by their library names. */
type Options = Readonly<Record<string, unknown>>;

export type OracleLoss = (
  prediction: Float64Array,
  target: ArrayLike<number>,
  shape: readonly number[],
  options?: Options,
  weights?: ArrayLike<number>,
) => LossResult<Float64Array>;

/** Loss of one element of a column, and its derivative by the prediction; parts are outputs for the same target. */
type Element = (y: number, t: number, options: Options, column: number, part: number) => [number, number];

/** Each option at its default, then as given; an unknown one throws. */
function withDefaults(options: Options, defaults: Options): Options {
  const unknown = Object.keys(options).filter((name) => !(name in defaults));
  if (unknown.length > 0) throw new Error(`the oracle knows no option ${unknown}`);
  return { ...defaults, ...options };
}

/** A mean over elements, row r counting w_r: Σ w l / (Σ w · width). */
function elementwise(element: Element, defaults: Options = {}): OracleLoss {
  return (prediction, target, shape, given = {}, weights) => {
    const options = withDefaults(given, defaults);
    const width = shape[shape.length - 1];
    const weightOf = (index: number) => weights?.[Math.floor(index / width)] ?? 1;
    const total = prediction.reduce((sum, _, index) => sum + weightOf(index), 0);
    const wantedWidth = (target.length / prediction.length) * width;
    const results = Array.from(prediction, (y, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      const wanted = column % wantedWidth;
      return element(y, target[row * wantedWidth + wanted], options, wanted, Math.floor(column / wantedWidth));
    });
    const share = (index: number) => (total === 0 ? 0 : weightOf(index) / total);
    return {
      loss: results.reduce((sum, [loss], index) => sum + share(index) * loss, 0),
      gradient: Float64Array.from(results, ([, slope], index) => share(index) * slope),
    };
  };
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** (y − t)² */
const meanSquaredError = elementwise((y, t) => [(y - t) ** 2, 2 * (y - t)]);

/** |y − t| */
const meanAbsoluteError = elementwise((y, t) => [Math.abs(y - t), Math.sign(y - t)]);

/** e² / 2 below δ, else δ (|e| − δ / 2) */
const huber = elementwise(
  (y, t, options) => {
    const [e, delta] = [y - t, options.delta as number];
    return Math.abs(e) < delta ? [e ** 2 / 2, e] : [delta * (Math.abs(e) - delta / 2), delta * Math.sign(e)];
  },
  { delta: 1 },
);

/** e² / 2β below β, else |e| − β / 2 */
const smoothL1 = elementwise(
  (y, t, options) => {
    const [e, beta] = [y - t, options.beta as number];
    return Math.abs(e) < beta ? [e ** 2 / (2 * beta), e / beta] : [Math.abs(e) - beta / 2, Math.sign(e)];
  },
  { beta: 1 },
);

/** ln cosh e, whose derivative is tanh e */
const logCosh = elementwise((y, t) => [Math.log(Math.cosh(y - t)), Math.tanh(y - t)]);

/** eʸ − t y */
const poisson = elementwise((y, t) => [Math.exp(y) - t * y, Math.exp(y) - t]);

/** −p t ln σ(y) − (1 − t) ln(1 − σ(y)), 1 − σ(y) = σ(−y) */
const binaryCrossEntropy = elementwise(
  (y, t, { positiveWeights }, column) => {
    const p = typeof positiveWeights === "number" ? positiveWeights : (positiveWeights as number[])[column];
    const loss = -p * t * Math.log(logistic(y)) - (1 - t) * Math.log(logistic(-y));
    return [loss, -p * t * logistic(-y) + (1 - t) * logistic(y)];
  },
  { positiveWeights: 1 },
);

/** q (t − y) above, (1 − q) (y − t) below; the columns of quantile q come after those of the one before. */
const quantileLoss = elementwise(
  (y, t, { quantiles }, _, part) => {
    const q = (quantiles as number[])[part];
    return y < t ? [q * (t - y), -q] : [(1 - q) * (y - t), y > t ? 1 - q : 0];
  },
  { quantiles: [0.5] },
);

/**
 * −Σ_c q_c log softmax(y)_c of each row, q_c = w_c ((1 − ε) t_c + ε / C), t the probabilities of the classes or the one
 * class of a row; the mean divides by what the rows count for: 1, or the weight of the row's class; nothing when ignored.
 * Derivative (softmax(y) Σ_c q_c − q) / count.
 */
const crossEntropy: OracleLoss = (prediction, target, shape, given = {}, weights) => {
  const options = withDefaults(given, { ignoreIndex: undefined, labelSmoothing: 0, classWeights: undefined });
  const [smoothing, classWeights] = [options.labelSmoothing as number, options.classWeights as number[] | undefined];
  const classes = shape[shape.length - 1];
  const rows = prediction.length / classes;
  const isIndex = target.length === rows;
  const isOut = (row: number) => isIndex && target[row] === options.ignoreIndex;
  const counts = Array.from({ length: rows }, (_, row) => {
    if (isOut(row)) return 0;
    return (weights?.[row] ?? 1) * (isIndex ? (classWeights?.[target[row]] ?? 1) : 1);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const gradient = new Float64Array(prediction.length);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    if (isOut(row) || total === 0) continue;
    const share = (weights?.[row] ?? 1) / total;
    const logits = prediction.subarray(row * classes, (row + 1) * classes);
    const q = logits.map((_, index) => {
      const t = isIndex ? Number(index === target[row]) : target[row * classes + index];
      return (classWeights?.[index] ?? 1) * ((1 - smoothing) * t + smoothing / classes);
    });
    const [p, logP] = [softmaxRow(logits, false), softmaxRow(logits, true)];
    const mass = q.reduce((sum, value) => sum + value, 0);
    loss -= share * q.reduce((sum, value, index) => sum + value * logP[index], 0);
    gradient.set(
      p.map((value, index) => share * (value * mass - q[index])),
      row * classes,
    );
  }
  return { loss, gradient };
};

/** Every loss by its library name, in float64. */
export const oracleLosses: Readonly<Record<string, OracleLoss>> = {
  binaryCrossEntropy,
  crossEntropy,
  ctc,
  gaussianNll,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  mixtureDensity,
  poisson,
  quantileLoss,
  smoothL1,
};
