/**
 * Softmax and its logarithm over the last axis. All arrays are [rows, width] with rows `stride` bytes apart; lanes beyond
 * `width` are neither read nor written. Sums run over four lanes in ascending order, then across them: a row's bits depend
 * on nothing but the row. The largest value is taken off first, so nothing overflows; −inf gets probability 0.
 */
import { exp, expCall, log } from "../math";
import { constant, loadTail, loadUpTo, maxLanes, multiplyAdd, storeTail, storeUpTo, sumLanes } from "../simd";

const MINUS_INFINITY: i32 = <i32>memory.data<f32>([-Infinity], 4);
/** Read from `end − 4·count`: the first `count` lanes all ones. */
const LANES: i32 = <i32>memory.data<i32>([-1, -1, -1, -1, 0, 0, 0, 0], 4);
/** Where exponentials go that nobody wants. */
const SINK: i32 = <i32>memory.data(16, 16);

/** All ones in the first `count` (1 … 3) lanes, else 0. */
function lanes(count: i32): v128 {
  return v128.load(LANES + 16 - (count << 2));
}

export function rowMaximum(x: i32, width: i32): f32 {
  const least = constant(MINUS_INFINITY), rest = width & 3;
  let most = least;
  for (const end = x + ((width & ~3) << 2); x < end; x += 16) most = f32x4.max(most, v128.load(x));
  if (rest) most = f32x4.max(most, v128.bitselect(loadTail(x, rest), least, lanes(rest)));
  return maxLanes(most);
}

/** Σ exp(x − shift); the terms are kept in y, which moves `step` bytes a vector. */
export function sumExponentials(y: i32, step: i32, x: i32, width: i32, shift: f32): f32 {
  const shifts = f32x4.splat(shift), rest = width & 3;
  let sum = f32x4.splat(0);
  for (const end = x + ((width & ~3) << 2); x < end; x += 16, y += step) {
    const e = exp(f32x4.sub(v128.load(x), shifts));
    v128.store(y, e);
    sum = f32x4.add(sum, e);
  }
  if (rest) {
    const e = expCall(f32x4.sub(loadTail(x, rest), shifts));
    storeTail(y, e, rest);
    sum = f32x4.add(sum, v128.and(e, lanes(rest)));
  }
  return sumLanes(sum);
}

/** y_i = e^(x_i) / Σ e^(x_j). y may be x. */
export function softmaxForward(y: i32, x: i32, rows: i32, width: i32, stride: i32): void {
  const whole = (width & ~3) << 2, bytes = width << 2;
  for (; rows > 0; rows--, x += stride, y += stride) {
    const sum = sumExponentials(y, 16, x, width, rowMaximum(x, width)), sums = f32x4.splat(sum);
    let at = 0;
    for (; at < whole; at += 16) v128.store(y + at, f32x4.div(v128.load(y + at), sums));
    for (; at < bytes; at += 4) store<f32>(y + at, load<f32>(y + at) / sum);
  }
}

/** y_i = x_i − m − ln Σ e^(x_j − m), m = max x. y may be x. */
export function logSoftmaxForward(y: i32, x: i32, rows: i32, width: i32, stride: i32): void {
  for (; rows > 0; rows--, x += stride, y += stride) {
    const most = rowMaximum(x, width);
    const logSum = f32x4.extract_lane(log(f32x4.splat(sumExponentials(SINK, 0, x, width, most))), 0);
    for (let at = 0; at < width << 2; at += 4) store<f32>(y + at, load<f32>(x + at) - most - logSum);
  }
}

/** dx_i = y_i (dy_i − Σ dy_j y_j). dx may be dy. */
export function softmaxBackward(dx: i32, dy: i32, y: i32, rows: i32, width: i32, stride: i32): void {
  const whole = (width & ~3) << 2, bytes = width << 2, rest = width & 3;
  for (; rows > 0; rows--, y += stride, dy += stride, dx += stride) {
    let products = f32x4.splat(0);
    let at = 0;
    for (; at < whole; at += 16) products = multiplyAdd(products, v128.load(dy + at), v128.load(y + at));
    if (rest) products = multiplyAdd(products, loadTail(dy + at, rest), loadTail(y + at, rest));
    const sum = sumLanes(products), sums = f32x4.splat(sum);
    for (at = 0; at < whole; at += 16) {
      v128.store(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), sums)));
    }
    for (; at < bytes; at += 4) store<f32>(dx + at, load<f32>(y + at) * (load<f32>(dy + at) - sum));
  }
}

/** dx_i = dy_i − e^(y_i) Σ dy_j. dx may be dy. */
export function logSoftmaxBackward(dx: i32, dy: i32, y: i32, rows: i32, width: i32, stride: i32): void {
  for (; rows > 0; rows--, y += stride, dy += stride, dx += stride) {
    let sum = f32x4.splat(0);
    for (let at = 0, left = width; left > 0; left -= 4, at += 16) sum = f32x4.add(sum, loadUpTo(dy + at, left));
    sum = f32x4.splat(sumLanes(sum));
    for (let at = 0, left = width; left > 0; left -= 4, at += 16) {
      const p = expCall(loadUpTo(y + at, left));
      storeUpTo(dx + at, f32x4.sub(loadUpTo(dy + at, left), f32x4.mul(p, sum)), left);
    }
  }
}
