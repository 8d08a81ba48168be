/**
 * Softmax and its logarithm over the last axis. All arrays are [rows, width] with rows `stride` bytes apart; lanes beyond
 * `width` are neither read nor written. Sums run over four lanes in ascending order, then across them: a row's bits depend
 * on nothing but the row. The largest value is taken off first, so nothing overflows; −inf gets probability 0.
 */
import { exp, log } from "./math";
import { constant, loadTail, maxLanes, storeTail, sumLanes } from "./simd";

const MINUS_INFINITY: i32 = <i32>memory.data<f32>([-Infinity], 4);
/** Read from `end − 4·count`: the first `count` lanes all ones. */
const LANES: i32 = <i32>memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0], 4);

/** All ones in the first `count` (0 … 4) lanes, else 0. */
// @ts-ignore: decorator
@inline
function lanes(count: i32): v128 {
  return v128.load(LANES + 16 - (count << 2));
}

function rowMaximum(x: i32, width: i32): f32 {
  let most = constant(MINUS_INFINITY);
  for (const end = x + ((width & ~3) << 2); x < end; x += 16) most = f32x4.max(most, v128.load(x));
  const rest = width & 3;
  if (rest) most = f32x4.max(most, v128.bitselect(loadTail(x, rest), constant(MINUS_INFINITY), lanes(rest)));
  return maxLanes(most);
}

/** Σ exp(x − shift); the terms are kept in y unless it is 0. */
function sumExponentials(y: i32, x: i32, width: i32, shift: v128): f32 {
  let sum = f32x4.splat(0);
  const rest = width & 3;
  for (const end = x + ((width & ~3) << 2); x < end; x += 16) {
    const e = exp(f32x4.sub(v128.load(x), shift));
    if (y) {
      v128.store(y, e);
      y += 16;
    }
    sum = f32x4.add(sum, e);
  }
  if (rest) {
    const e = exp(f32x4.sub(loadTail(x, rest), shift));
    if (y) storeTail(y, e, rest);
    sum = f32x4.add(sum, v128.and(e, lanes(rest)));
  }
  return sumLanes(sum);
}

/** y_i = e^(x_i) / Σ e^(x_j). y may be x. */
export function softmaxForward(y: i32, x: i32, rows: i32, width: i32, stride: i32): void {
  for (const last = x + rows * stride; x < last; x += stride, y += stride) {
    const sum = f32x4.splat(sumExponentials(y, x, width, f32x4.splat(rowMaximum(x, width))));
    const end = y + ((width & ~3) << 2);
    for (let at = y; at < end; at += 16) v128.store(at, f32x4.div(v128.load(at), sum));
    if (width & 3) storeTail(end, f32x4.div(loadTail(end, width & 3), sum), width & 3);
  }
}

/** y_i = x_i − m − ln Σ e^(x_j − m), m = max x. y may be x. */
export function logSoftmaxForward(y: i32, x: i32, rows: i32, width: i32, stride: i32): void {
  for (const last = x + rows * stride; x < last; x += stride, y += stride) {
    const shift = f32x4.splat(rowMaximum(x, width));
    const logSum = log(f32x4.splat(sumExponentials(0, x, width, shift)));
    const end = (width & ~3) << 2;
    for (let at = 0; at < end; at += 16) {
      v128.store(y + at, f32x4.sub(f32x4.sub(v128.load(x + at), shift), logSum));
    }
    const rest = width & 3;
    if (rest) storeTail(y + end, f32x4.sub(f32x4.sub(loadTail(x + end, rest), shift), logSum), rest);
  }
}

/** dx_i = y_i (dy_i − Σ dy_j y_j). dx may be dy. */
export function softmaxBackward(dx: i32, dy: i32, y: i32, rows: i32, width: i32, stride: i32): void {
  const end = (width & ~3) << 2;
  const rest = width & 3;
  for (const last = y + rows * stride; y < last; y += stride, dy += stride, dx += stride) {
    let products = f32x4.splat(0);
    for (let at = 0; at < end; at += 16) {
      products = f32x4.add(products, f32x4.mul(v128.load(dy + at), v128.load(y + at)));
    }
    if (rest) products = f32x4.add(products, f32x4.mul(loadTail(dy + end, rest), loadTail(y + end, rest)));
    const sum = f32x4.splat(sumLanes(products));
    for (let at = 0; at < end; at += 16) {
      v128.store(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), sum)));
    }
    if (rest) {
      storeTail(dx + end, f32x4.mul(loadTail(y + end, rest), f32x4.sub(loadTail(dy + end, rest), sum)), rest);
    }
  }
}

/** dx_i = dy_i − e^(y_i) Σ dy_j. dx may be dy. */
export function logSoftmaxBackward(dx: i32, dy: i32, y: i32, rows: i32, width: i32, stride: i32): void {
  const end = (width & ~3) << 2;
  const rest = width & 3;
  for (const last = y + rows * stride; y < last; y += stride, dy += stride, dx += stride) {
    let total = f32x4.splat(0);
    for (let at = 0; at < end; at += 16) total = f32x4.add(total, v128.load(dy + at));
    if (rest) total = f32x4.add(total, loadTail(dy + end, rest));
    const sum = f32x4.splat(sumLanes(total));
    for (let at = 0; at < end; at += 16) {
      v128.store(dx + at, f32x4.sub(v128.load(dy + at), f32x4.mul(exp(v128.load(y + at)), sum)));
    }
    if (rest) {
      storeTail(dx + end, f32x4.sub(loadTail(dy + end, rest), f32x4.mul(exp(loadTail(y + end, rest)), sum)), rest);
    }
  }
}
