import { normal } from "./random";

/** Doubles that `orthogonalFill` needs. */
export function orthogonalScratch(rows: i32, columns: i32): i32 {
  return rows * columns;
}

/** Σ a_i b_i of n doubles: even and odd elements apart, then together. */
function dot(a: i32, b: i32, n: i32): f64 {
  let sum = f64x2.splat(0);
  const end = a + ((n & ~1) << 3);
  for (; a < end; a += 16, b += 16) sum = f64x2.add(sum, f64x2.mul(v128.load(a), v128.load(b)));
  const pair = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return n & 1 ? pair + load<f64>(a) * load<f64>(b) : pair;
}

/** a −= factor · b, n doubles */
function subtract(a: i32, b: i32, factor: f64, n: i32): void {
  const f = f64x2.splat(factor);
  const end = a + ((n & ~1) << 3);
  for (; a < end; a += 16, b += 16) v128.store(a, f64x2.sub(v128.load(a), f64x2.mul(f, v128.load(b))));
  if (n & 1) store<f64>(a, load<f64>(a) - factor * load<f64>(b));
}

/**
 * `count` rows of `length` ≥ count doubles become orthonormal: Gram & Schmidt, each row twice ("twice is enough", Giraud
 * et al. 2005). Every row keeps its own direction's sign, so Gaussian rows become uniform (Haar) ones (Mezzadri 2007).
 */
function orthonormalize(rows: i32, count: i32, length: i32): void {
  const stride = length << 3;
  for (let v = 0; v < count; v++) {
    const row = rows + v * stride;
    for (let pass = 0; pass < 2; pass++) {
      for (let other = rows; other < row; other += stride) subtract(row, other, dot(row, other, length), length);
    }
    const factor = 1 / sqrt(dot(row, row, length));
    for (let at = row; at < row + stride; at += 8) store<f64>(at, load<f64>(at) * factor);
  }
}

/** out f32 [rows, columns]: uniformly drawn orthonormal rows (columns, where there are more rows than columns), times gain. */
export function orthogonalFill(
  out: i32, scratch: i32, rows: i32, columns: i32, gain: f64, key0: u32, key1: u32, c0: u32,
): void {
  const isTall = rows > columns;
  const count = isTall ? columns : rows;
  const length = isTall ? rows : columns;
  for (let i = 0; i < count * length; i++) store<f64>(scratch + (i << 3), normal(i, key0, key1, c0, 0));
  orthonormalize(scratch, count, length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = isTall ? column * length + row : row * length + column;
      store<f32>(out + ((row * columns + column) << 2), <f32>(gain * load<f64>(scratch + (at << 3))));
    }
  }
}
