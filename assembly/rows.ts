/*
 * Moving rows between layouts.
 */

/** `bytes` from an address on, a multiple of 16, become 0. The host's own `fill` takes longer to begin than a small layer's rows. */
export function clear(to: i32, bytes: i32): void {
  const zero = f32x4.splat(0);
  for (const end = to + bytes; to < end; to += 16) v128.store(to, zero);
}

/** to [count, n bytes] row i = from row index[i]; row index −1 gives a row of 0. */
export function gatherRows(to: i32, toStride: i32, from: i32, fromStride: i32, index: i32, count: i32, n: i32): void {
  for (let i = 0; i < count; i++, to += toStride) {
    const row = load<i32>(index + (i << 2));
    assert(row >= -1, "gatherRows: no such row");
    if (row < 0) memory.fill(to, 0, n);
    else memory.copy(to, from + row * fromStride, n);
  }
}

/** to row index[i] += from row i, n bytes of it, a multiple of 4; rows with index −1 go nowhere. */
export function scatterAddRows(to: i32, toStride: i32, from: i32, fromStride: i32, index: i32, count: i32, n: i32): void {
  for (let i = 0; i < count; i++, from += fromStride) {
    const row = load<i32>(index + (i << 2));
    if (row < 0) continue;
    const target = to + row * toStride;
    let o = 0;
    for (; o <= n - 16; o += 16) v128.store(target + o, f32x4.add(v128.load(target + o), v128.load(from + o)));
    for (; o < n; o += 4) store<f32>(target + o, load<f32>(target + o) + load<f32>(from + o));
  }
}

/** to row i = from row i, `bytes` of it. */
export function copyRows(to: i32, toStride: i32, from: i32, fromStride: i32, rows: i32, bytes: i32): void {
  for (; rows > 0; rows--, to += toStride, from += fromStride) memory.copy(to, from, bytes);
}

/** to row i += factor · from row i, n bytes of it, a multiple of 16. */
export function addRows(to: i32, toStride: i32, from: i32, fromStride: i32, rows: i32, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; rows > 0; rows--, to += toStride, from += fromStride) {
    for (let o = 0; o < n; o += 16) {
      v128.store(to + o, f32x4.add(v128.load(to + o), f32x4.mul(f, v128.load(from + o))));
    }
  }
}

/** to row i = factor · a row i ⊙ b row i, n bytes of it, a multiple of 16. */
export function multiplyRows(
  to: i32, toStride: i32, a: i32, aStride: i32, b: i32, bStride: i32, rows: i32, n: i32, factor: f32,
): void {
  const f = f32x4.splat(factor);
  for (; rows > 0; rows--, to += toStride, a += aStride, b += bStride) {
    for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.mul(f, f32x4.mul(v128.load(a + o), v128.load(b + o))));
  }
}

/** to row i = factor · from row i, n bytes of it, a multiple of 16. */
export function scaleRows(to: i32, toStride: i32, from: i32, fromStride: i32, rows: i32, n: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; rows > 0; rows--, to += toStride, from += fromStride) {
    for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.mul(f, v128.load(from + o)));
  }
}

/**
 * What rows count for in a mean: Σ w · c[class], w and c ones where their address is 0. A row of an ignored class counts
 * nothing; classes i32 [rows] or address 0.
 */
export function totalWeight(weights: i32, classes: i32, classWeights: i32, ignored: i32, rows: i32): f64 {
  let total: f64 = 0;
  for (let o = 0; o < rows << 2; o += 4) {
    let weight: f64 = weights ? load<f32>(weights + o) : 1;
    if (classes && weight != 0) {
      const at = load<i32>(classes + o);
      if (at == ignored) continue;
      if (classWeights) weight *= load<f32>(classWeights + (at << 2));
    }
    total += weight;
  }
  return total;
}
