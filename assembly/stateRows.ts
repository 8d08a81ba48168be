/*
 * What the driver in sequence.ts does to single rows of states, n bytes of them, a multiple of 16.
 */

/** Σ x² over rows, in float64. */
export function sumOfSquares(from: i32, stride: i32, rows: i32, n: i32): f64 {
  let sum: f64 = 0;
  for (; rows > 0; rows--, from += stride) {
    for (let o = 0; o < n; o += 4) {
      const value = <f64>load<f32>(from + o);
      sum += value * value;
    }
  }
  return sum;
}

export function multiplyRow(to: i32, a: i32, b: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.mul(v128.load(a + o), v128.load(b + o)));
}

export function addRow(to: i32, from: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, f32x4.add(v128.load(to + o), v128.load(from + o)));
}

export function addMasked(to: i32, from: i32, mask: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) {
    v128.store(to + o, f32x4.add(v128.load(to + o), f32x4.mul(v128.load(from + o), v128.load(mask + o))));
  }
}
