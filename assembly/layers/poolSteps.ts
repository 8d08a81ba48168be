/*
 * One row of all the rows of a sequence. Rows are packed: sequence i has row first[t] + i at each step t it reaches, and steps
 * are taken in ascending order.
 */

// @ts-ignore: decorator
@inline
function firstRow(first: i32, step: i32): i32 {
  return load<i32>(first + (step << 2));
}

/** Steps of sequence i: those whose rows are more than i. */
function lengthOf(first: i32, steps: i32, i: i32): i32 {
  let length = 0;
  while (length < steps && firstRow(first, length + 1) - firstRow(first, length) > i) length++;
  return length;
}

/** y [sequences, n bytes] = mean over steps of x; 0 for an empty sequence. n a multiple of 16. */
export function meanSteps(y: i32, yStride: i32, x: i32, xStride: i32, first: i32, sequences: i32, steps: i32, n: i32): void {
  for (let i = 0; i < sequences; i++, y += yStride) {
    const length = lengthOf(first, steps, i);
    const share = f32x4.splat(length ? 1 / <f32>length : 0);
    for (let o = 0; o < n; o += 16) {
      let sum = f32x4.splat(0);
      for (let t = 0; t < length; t++) sum = f32x4.add(sum, v128.load(x + (firstRow(first, t) + i) * xStride + o));
      v128.store(y + o, f32x4.mul(sum, share));
    }
  }
}

/** dx at every step = dy / length. */
export function meanStepsBackward(
  dX: i32, dXStride: i32, dY: i32, dYStride: i32, first: i32, sequences: i32, steps: i32, n: i32,
): void {
  for (let i = 0; i < sequences; i++, dY += dYStride) {
    const length = lengthOf(first, steps, i);
    const share = f32x4.splat(length ? 1 / <f32>length : 0);
    for (let t = 0; t < length; t++) {
      const to = dX + (firstRow(first, t) + i) * dXStride;
      for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.mul(v128.load(dY + o), share));
    }
  }
}

/** y [sequences, width] = largest over steps; `places` i32 of the same layout: the row that holds it, −1 for an empty sequence. */
export function maxSteps(
  y: i32, yStride: i32, places: i32, x: i32, xStride: i32, first: i32, sequences: i32, steps: i32, width: i32,
): void {
  for (let i = 0; i < sequences; i++, y += yStride, places += yStride) {
    const length = lengthOf(first, steps, i);
    for (let o = 0; o < width << 2; o += 4) {
      let largest: f32 = 0, place = -1;
      for (let t = 0; t < length; t++) {
        const row = firstRow(first, t) + i, value = load<f32>(x + row * xStride + o);
        if (place < 0 || value > largest) { largest = value; place = row; }
      }
      store<f32>(y + o, largest);
      store<i32>(places + o, place);
    }
  }
}

/** dx = dy where the largest value was, 0 elsewhere. */
export function maxStepsBackward(
  dX: i32, dXStride: i32, dY: i32, dYStride: i32, places: i32, sequences: i32, rows: i32, width: i32,
): void {
  memory.fill(dX, 0, rows * dXStride);
  for (let i = 0; i < sequences; i++, dY += dYStride, places += dYStride) {
    for (let o = 0; o < width << 2; o += 4) {
      const row = load<i32>(places + o);
      if (row >= 0) store<f32>(dX + row * dXStride + o, load<f32>(dY + o));
    }
  }
}
