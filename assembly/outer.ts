import { multiplyAdd as madd } from "./simd";
import { copyFloats, fetchRows, panelsOfRows, stripsOfFour } from "./panels";

/*
 * Products over rows, for weight gradients: C[m, n] += Σ_r g[r, m] · x[r, n], rows in ascending order, starting from the
 * stored C, so a gradient accumulated in several calls has the bits of one call over all rows.
 *
 * The tiles read g and x either in place (any stride) or from panels; only addresses and strides differ.
 */

/** A tile's worth of C, for edges that must not touch what lies beside them (2 × 16 or 4 × 8 floats). */
const EDGE: i32 = <i32>memory.data(128, 16);
/** A row of ones that never moves on: a bias gradient is a product with it. */
const ONE: i32 = <i32>memory.data<f32>([1.0]);
/** Rows packed at a time: 4 KB of x and 2 KB of g a panel, both at home in the first cache. */
export const OUTER_ROWS: i32 = 128;

/** Rows that the scratch of a weight gradient must hold at most. */
export function outerRows(): i32 {
  return OUTER_ROWS;
}
/** Up to this width each value of g is read once: packing it would not pay. Nor does it for few rows. */
const PACK_ABOVE_WIDTH: i32 = 16;
const PACK_FROM_ROWS: i32 = 16;

/** C [4, 8] += over `rows` rows; g gives 4 values a row, x gives 8. */
function outer4(c: i32, cStride: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
  const r1 = c + cStride, r2 = r1 + cStride, r3 = r2 + cStride;
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(r1), c11 = v128.load(r1, 16);
  let c20 = v128.load(r2), c21 = v128.load(r2, 16), c30 = v128.load(r3), c31 = v128.load(r3, 16);
  for (const end = g + rows * gStep; g < end; g += gStep, x += xStep) {
    const x0 = v128.load(x), x1 = v128.load(x, 16);
    let s = v128.load32_splat(g);
    c00 = madd(c00, s, x0); c01 = madd(c01, s, x1);
    s = v128.load32_splat(g, 4);
    c10 = madd(c10, s, x0); c11 = madd(c11, s, x1);
    s = v128.load32_splat(g, 8);
    c20 = madd(c20, s, x0); c21 = madd(c21, s, x1);
    s = v128.load32_splat(g, 12);
    c30 = madd(c30, s, x0); c31 = madd(c31, s, x1);
  }
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(r1, c10); v128.store(r1, c11, 16);
  v128.store(r2, c20); v128.store(r2, c21, 16); v128.store(r3, c30); v128.store(r3, c31, 16);
}

/** C [2, 16] += over `rows` rows; g gives 2 values a row, x gives 16. */
function outer2(c: i32, cStride: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
  const d = c + cStride;
  let c0 = v128.load(c), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
  let d0 = v128.load(d), d1 = v128.load(d, 16), d2 = v128.load(d, 32), d3 = v128.load(d, 48);
  for (const end = g + rows * gStep; g < end; g += gStep, x += xStep) {
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    let s = v128.load32_splat(g);
    c0 = madd(c0, s, x0); c1 = madd(c1, s, x1); c2 = madd(c2, s, x2); c3 = madd(c3, s, x3);
    s = v128.load32_splat(g, 4);
    d0 = madd(d0, s, x0); d1 = madd(d1, s, x1); d2 = madd(d2, s, x2); d3 = madd(d3, s, x3);
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
  v128.store(d, d0); v128.store(d, d1, 16); v128.store(d, d2, 32); v128.store(d, d3, 48);
}

/** The same tile, through a copy of its `height` × `width` corner. Its lanes beyond the corner hold anything and go nowhere. */
function outer2Edge(c: i32, cStride: i32, height: i32, width: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
  for (let row = 0; row < height; row++) copyFloats(EDGE + (row << 6), c + row * cStride, width);
  outer2(EDGE, 64, g, gStep, x, xStep, rows);
  for (let row = 0; row < height; row++) copyFloats(c + row * cStride, EDGE + (row << 6), width);
}

/** C [4, 8], the same way. */
function outer4Edge(c: i32, cStride: i32, height: i32, width: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
  for (let row = 0; row < height; row++) copyFloats(EDGE + (row << 5), c + row * cStride, width);
  outer4(EDGE, 32, g, gStep, x, xStep, rows);
  for (let row = 0; row < height; row++) copyFloats(c + row * cStride, EDGE + (row << 5), width);
}

/** c [n] += Σ_r factor_r · x[r, 0…n), n any. */
function outerRow(c: i32, factor: i32, factorStep: i32, x: i32, xStep: i32, rows: i32, n: i32): void {
  for (; n >= 16; n -= 16, c += 64, x += 64) {
    let c0 = v128.load(c), c1 = v128.load(c, 16), c2 = v128.load(c, 32), c3 = v128.load(c, 48);
    for (let r = rows, f = factor, v = x; r > 0; r--, f += factorStep, v += xStep) {
      const s = v128.load32_splat(f);
      c0 = madd(c0, s, v128.load(v)); c1 = madd(c1, s, v128.load(v, 16));
      c2 = madd(c2, s, v128.load(v, 32)); c3 = madd(c3, s, v128.load(v, 48));
    }
    v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
  }
  for (; n >= 4; n -= 4, c += 16, x += 16) {
    let c0 = v128.load(c);
    for (let r = rows, f = factor, v = x; r > 0; r--, f += factorStep, v += xStep) {
      c0 = madd(c0, v128.load32_splat(f), v128.load(v));
    }
    v128.store(c, c0);
  }
  for (; n > 0; n--, c += 4, x += 4) {
    let c0 = load<f32>(c);
    for (let r = rows, f = factor, v = x; r > 0; r--, f += factorStep, v += xStep) c0 += load<f32>(f) * load<f32>(v);
    store<f32>(c, c0);
  }
}

/**
 * Bias gradient: db [blocks·H] += column sums of g [rows, blocks·Hp].
 */
export function biasGradient(db: i32, g: i32, gStride: i32, rows: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, db += H << 2, g += padded) outerRow(db, ONE, 0, g, gStride, rows, H);
}

/**
 * All tiles of C [blocks·H, N] from g in 4-wide and x in 16-wide strips: strip j of g at g + j·gStrip, of x at x + j·xStrip.
 * Where at most 8 columns are left, x's last strip has rows `lastStep` bytes apart.
 */
function outerTiles(
  c: i32, g: i32, gStep: i32, gStrip: i32, x: i32, xStep: i32, xStrip: i32, lastStep: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  const stride = N << 2;
  for (let n = 0; n < N; n += 16, x += xStrip) {
    let strip = g;
    const width = min(16, N - n);
    for (let block = 0; block < blocks; block++) {
      let to = c + block * H * stride + (n << 2);
      for (let m = 0; m < H; m += 4, strip += gStrip, to += stride << 2) {
        const height = min(4, H - m);
        if (width <= 8) {
          if (width == 8 && height == 4) outer4(to, stride, strip, gStep, x, lastStep, rows);
          else outer4Edge(to, stride, height, width, strip, gStep, x, lastStep, rows);
        } else {
          if (width == 16 && height > 1) outer2(to, stride, strip, gStep, x, xStep, rows);
          else outer2Edge(to, stride, min(2, height), width, strip, gStep, x, xStep, rows);
          const lower = to + (stride << 1);
          if (width == 16 && height == 4) outer2(lower, stride, strip + 8, gStep, x, xStep, rows);
          else if (height > 2) outer2Edge(lower, stride, height - 2, width, strip + 8, gStep, x, xStep, rows);
        }
      }
    }
  }
}

/**
 * Weight gradient over rows that follow each other: dW [blocks·H, N] += gᵀ x, rows ascending.
 * g [rows, blocks·Hp], x [rows, N padded to 4]   scratch: OUTER_ROWS · (blocks·Hp + 8·ceil(N/8)) floats
 */
export function weightGradient(
  dW: i32, scratch: i32, g: i32, gStride: i32, x: i32, xStride: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  if (N == 1) return singleColumn(dW, g, gStride, x, xStride, rows, blocks, H);
  // Tiles read 8 or 16 columns: rows that end earlier are packed, so that nothing beyond them is read.
  const inPlace = ((N + 3) & 4) == 0 && (N <= PACK_ABOVE_WIDTH || rows < PACK_FROM_ROWS);
  for (; rows > 0; rows -= OUTER_ROWS) {
    const chunk = min(rows, OUTER_ROWS);
    if (inPlace) outerTiles(dW, g, gStride, 16, x, xStride, 64, xStride, chunk, blocks, H, N);
    else {
      panelsOfRows(scratch, chunk, 0, x, xStride, chunk, N);
      packedWeightGradient(dW, scratch, g, gStride, chunk, blocks, H, N);
    }
    g += chunk * gStride;
    x += chunk * xStride;
  }
}

/** The same for at most OUTER_ROWS rows whose x already lies in panels at the start of the scratch. */
export function packedWeightGradient(
  dW: i32, scratch: i32, g: i32, gStride: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  if (N <= PACK_ABOVE_WIDTH || rows < PACK_FROM_ROWS) {
    return outerTiles(dW, g, gStride, 16, scratch, 64, rows << 6, 32, rows, blocks, H, N);
  }
  const strips = scratch + ((N + 7) >> 3) * (rows << 5), width = blocks * ((H + 3) & ~3);
  fetchRows(g, gStride, rows, width << 2);
  stripsOfFour(strips, rows << 4, g, gStride, rows, width);
  outerTiles(dW, strips, 16, rows << 4, scratch, 64, rows << 6, 32, rows, blocks, H, N);
}

/** One input feature: dW [blocks·H, 1] is a row. */
function singleColumn(dW: i32, g: i32, gStride: i32, x: i32, xStride: i32, rows: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, dW += H << 2, g += padded) outerRow(dW, x, xStride, g, gStride, rows, H);
}
