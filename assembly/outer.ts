import { multiplyAdd as madd } from "./simd";
import { copyFloats, panelsOfEight, panelsOfFour } from "./panels";

/*
 * Products over rows, for weight gradients: C[m, n] += Σ_r g[r, m] · x[r, n], rows in ascending order, starting from the
 * stored C, so a gradient accumulated in several calls has the bits of one call over all rows.
 *
 * The tiles read g and x either in place (any stride) or from panels; only addresses and strides differ.
 */

/** A tile's worth of C, for edges that must not touch what lies beside them (4 × 8 floats). */
const EDGE: i32 = <i32>memory.data(128, 16);
/** A row of ones that never moves on: a bias gradient is a product with it. */
const ONE: i32 = <i32>memory.data<f32>([1.0]);
/** Rows packed at a time: 4 KB of x and 2 KB of g a panel, both at home in the first cache. */
export const OUTER_ROWS: i32 = 128;

/** Rows that the scratch of a weight gradient must hold at most. */
export function outerRows(): i32 {
  return OUTER_ROWS;
}
/** Up to this width, reading rows in place beats packing them. */
const PACK_FROM_WIDTH: i32 = 17;

/** C [4, 8] += over `rows` rows; g gives 4 values a row, x gives 8. */
function outer4(c: i32, cStride: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
  const r1 = c + cStride, r2 = r1 + cStride, r3 = r2 + cStride;
  let c00 = v128.load(c), c01 = v128.load(c, 16), c10 = v128.load(r1), c11 = v128.load(r1, 16);
  let c20 = v128.load(r2), c21 = v128.load(r2, 16), c30 = v128.load(r3), c31 = v128.load(r3, 16);
  for (; rows > 0; rows--, g += gStep, x += xStep) {
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

/** C [4, 8] through a copy of its `height` × `width` corner. Its lanes beyond the corner hold anything and go nowhere. */
function outerEdge(c: i32, cStride: i32, height: i32, width: i32, g: i32, gStep: i32, x: i32, xStep: i32, rows: i32): void {
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

/** All tiles of C [blocks·H, N] from g in 4-wide and x in 8-wide strips: strip j of g at g + j·gStrip, of x at x + j·xStrip. */
function outerTiles(
  c: i32, g: i32, gStep: i32, gStrip: i32, x: i32, xStep: i32, xStrip: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  const stride = N << 2;
  for (let n = 0; n < N; n += 8, x += xStrip) {
    let strip = g;
    const width = min(8, N - n);
    for (let block = 0; block < blocks; block++) {
      let to = c + block * H * stride + (n << 2);
      for (let m = 0; m < H; m += 4, strip += gStrip, to += stride << 2) {
        const height = min(4, H - m);
        if (width == 8 && height == 4) outer4(to, stride, strip, gStep, x, xStep, rows);
        else outerEdge(to, stride, height, width, strip, gStep, x, xStep, rows);
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
  if (N < PACK_FROM_WIDTH || rows < 16) return outerTiles(dW, g, gStride, 16, x, xStride, 32, rows, blocks, H, N);
  for (; rows > 0; rows -= OUTER_ROWS) {
    const chunk = min(rows, OUTER_ROWS);
    panelsOfEight(scratch, chunk << 5, x, xStride, chunk, N);
    packedWeightGradient(dW, scratch, g, gStride, chunk, blocks, H, N);
    g += chunk * gStride;
    x += chunk * xStride;
  }
}

/** The same for at most OUTER_ROWS rows whose x already lies in panels at the start of the scratch. */
export function packedWeightGradient(
  dW: i32, scratch: i32, g: i32, gStride: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  const gPanels = scratch + ((N + 7) >> 3) * (rows << 5);
  panelsOfFour(gPanels, rows << 4, g, gStride, rows, blocks * ((H + 3) & ~3));
  outerTiles(dW, gPanels, 16, rows << 4, scratch, 32, rows << 5, rows, blocks, H, N);
}

/** One input feature: dW [blocks·H, 1] is a row. */
function singleColumn(dW: i32, g: i32, gStride: i32, x: i32, xStride: i32, rows: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, dW += H << 2, g += padded) outerRow(dW, x, xStride, g, gStride, rows, H);
}
