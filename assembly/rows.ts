/*
 * Moving rows between layouts.
 */

/** to [count, n bytes] row i = from row index[i]; row index −1 gives a row of 0. n a multiple of 16. */
export function gatherRows(to: i32, toStride: i32, from: i32, fromStride: i32, index: i32, count: i32, n: i32): void {
  for (let i = 0; i < count; i++, to += toStride) {
    const row = load<i32>(index + (i << 2));
    if (row < 0) memory.fill(to, 0, n);
    else memory.copy(to, from + row * fromStride, n);
  }
}

/** to row index[i] += from row i; rows with index −1 go nowhere. */
export function scatterAddRows(to: i32, toStride: i32, from: i32, fromStride: i32, index: i32, count: i32, n: i32): void {
  for (let i = 0; i < count; i++, from += fromStride) {
    const row = load<i32>(index + (i << 2));
    if (row < 0) continue;
    const target = to + row * toStride;
    for (let o = 0; o < n; o += 16) v128.store(target + o, f32x4.add(v128.load(target + o), v128.load(from + o)));
  }
}
