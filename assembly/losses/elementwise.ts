/*
 * Losses that are a sum over elements, value and gradient in one pass. y is what the network gives, t what was wanted, e = y − t.
 * Sums are float64; rows and columns ascend.
 */
import { exp64, log64 } from "../float64";

const SQUARED: i32 = 0;
// 1 is |e|, what is left when no other case applies.
const HUBER: i32 = 2;
const BINARY: i32 = 3;
const LOG_COSH: i32 = 4;
const POISSON: i32 = 5;
const QUANTILE: i32 = 6;
/** From here on: the mean, or with the first bit the spread, of a Gaussian; the second bit says that the spread is ln v. */
const GAUSSIAN: i32 = 8;
const SPREAD: i32 = 1;
const LOGARITHM: i32 = 2;

const LN2: f64 = 0.6931471805599453;

/** Of the last element: a function gives one number, and a second pass would take the exponential twice. */
let slope: f64 = 0;

/** Loss of one element; its derivative by y goes to `slope`. At a kink of |e| the derivative is 0, as PyTorch's. */
function element(code: i32, y: f64, t: f64, e: f64, alpha: f64): f64 {
  const size = abs(e), sign: f64 = e > 0 ? 1 : e < 0 ? -1 : e;
  switch (code) {
    case HUBER: { // e² / 2 up to α, then a line: α (|e| − α / 2)
      slope = size < alpha ? e : alpha * sign;
      return size < alpha ? 0.5 * e * e : alpha * (size - 0.5 * alpha);
    }
    case BINARY: { // −α t ln σ(y) − (1 − t) ln(1 − σ(y)), what is small in it kept apart from 1
      const small = exp64(-abs(y)), sum = 1 + small, no = 1 - t, yes = alpha * t;
      slope = (y > 0 ? no - yes * small : no * small - yes) / sum;
      return (no + yes) * (log64(sum) + (small - (sum - 1)) / sum) + (y > 0 ? no : -yes) * y;
    }
    case LOG_COSH: { // ln cosh e = |e| + ln(1 + e^(−2|e|)) − ln 2, near 0 by its series: the next terms are below 1e-12
      if (size < 0.015625) {
        const square = e * e;
        slope = e * (1 - square * (1.0 / 3 - square * (2.0 / 15)));
        return square * (0.5 - square * (1.0 / 12 - square * (1.0 / 45)));
      }
      const small = exp64(-2 * size);
      slope = sign * (1 - small) / (1 + small);
      return size + log64(1 + small) - LN2;
    }
    case POISSON: { // of a rate eʸ
      const rate = exp64(y);
      slope = rate - t;
      return rate - t * y;
    }
    case QUANTILE: {
      slope = e > 0 ? 1 - alpha : alpha * sign;
      return slope * e;
    }
    default: { // |e|
      slope = sign;
      return size;
    }
  }
}

/**
 * −ln N(t; μ, v) without ½ ln 2π:  (t − μ)² / 2v + ½ ln v, and its derivative by the mean or by the spread, the other being
 * `other`. The variance is at least `least`, through which the derivative passes unchanged. The mean alone tells the loss.
 */
function gaussian(code: i32, y: f64, t: f64, other: f64, least: f64): f64 {
  const isSpread = code & SPREAD, isLogarithm = code & LOGARITHM;
  const spread = isSpread ? y : other, e = (isSpread ? other : y) - t;
  const v = max(isLogarithm ? exp64(spread) : spread, least), half = 0.5 * e * e / v;
  if (isSpread) {
    slope = (0.5 - half) / (isLogarithm ? 1 : v);
    return 0;
  }
  slope = e / v;
  return half + 0.5 * log64(v);
}

/**
 * Σ w · loss / total over all elements, and its gradient in dY.
 * dY, y, t [rows, width], each with its row stride in bytes; w [rows] or address 0 for ones. A row of weight 0 is not read:
 * its gradient is 0. Padding lanes of dY become 0. α is the loss's own number, or one for each column at `columns`, which
 * moves `columnsStride` bytes a row; β is a second one.
 */
export function elementLoss(
  code: i32, dY: i32, dYStride: i32, y: i32, yStride: i32, t: i32, tStride: i32, weights: i32, rows: i32, width: i32,
  columns: i32, columnsStride: i32, alpha: f64, beta: f64, total: f64,
): f64 {
  const bytes = width << 2;
  let sum: f64 = 0;
  for (; rows > 0; rows--, dY += dYStride, y += yStride, t += tStride, columns += columnsStride) {
    let weight: f64 = 1;
    if (weights) {
      weight = load<f32>(weights);
      weights += 4;
    }
    const scale = <f32>(weight / total);
    let o = 0;
    if (weight != 0 && code == SQUARED) { // the commonest, without a call for each element
      for (; o < bytes; o += 4) {
        const error = load<f32>(y + o) - load<f32>(t + o);
        sum += weight * (<f64>error * <f64>error);
        store<f32>(dY + o, scale * (2 * error));
      }
    } else if (weight != 0) {
      for (; o < bytes; o += 4) {
        if (columns) alpha = load<f32>(columns + o);
        const given = load<f32>(y + o), wanted = load<f32>(t + o);
        sum += weight * (code < GAUSSIAN
          ? element(code, given, wanted, given - wanted, alpha)
          : gaussian(code, given, wanted, alpha, beta));
        store<f32>(dY + o, scale * <f32>slope);
      }
    }
    for (; o < bytes || (dY + o) & 15; o += 4) store<f32>(dY + o, 0);
  }
  return total > 0 ? sum / total : 0;
}
