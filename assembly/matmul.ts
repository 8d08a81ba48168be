import { fetchRows } from "./panels";
import { rowTimesPanels } from "./rowProduct";
import { multiplyAdd as madd } from "./simd";

/*
 * Products of rows with packed panels (panels.ts). With outer.ts, the only tiled code of the core. Every output element is ONE chain
 *
 *     acc = C, bias or 0;   acc += a_k · b_k   for k = 0, 1, 2 …      (multiply, then add; each rounded once)
 *
 * whatever the number of rows, the tile, the block or the call, so a row gives the same bits alone and in any batch.
 *
 * Two rows by a panel of 16 columns are 8 chains, as many as hide the latency of the additions. Four rows by 8 columns need as
 * many loads but more addresses, and cost a tenth more (Node 20 and 24); they serve the last panel where it has only 8 columns.
 * Rows of A and C are padded to 4 lanes; K, the inner length, is exact.
 */

/** Rows of A that share one walk over the panels: 64 rows stay in the second cache while a panel stays in the first. */
const ROW_BLOCK: i32 = 64;
/** Inner steps of one walk: 16 KB of a panel. */
const INNER_BLOCK: i32 = 256;
/**
 * Where sums begin that begin with 0: as many zeros as a row takes at a time. Sums that are either loaded or set to 0 have no
 * register of their own in some engines, which move them round at every inner step (Node 20, a tenth of a product's time).
 */
const ZEROS: i32 = <i32>memory.data(192, 16);

/** Two rows by a panel of 16 columns: 8 chains keep both adders busy. */
function tile2x16(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32): void {
  const i1 = init + initStride;
  let c00 = v128.load(init), c01 = v128.load(init, 16), c02 = v128.load(init, 32), c03 = v128.load(init, 48);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16), c12 = v128.load(i1, 32), c13 = v128.load(i1, 48);
  for (let a0 = a, a1 = a + aStride, end = a + (K << 2); a0 < end; a0 += 4, a1 += 4, b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48);
    let s = v128.load32_splat(a0);
    c00 = madd(c00, s, b0); c01 = madd(c01, s, b1); c02 = madd(c02, s, b2); c03 = madd(c03, s, b3);
    s = v128.load32_splat(a1);
    c10 = madd(c10, s, b0); c11 = madd(c11, s, b1); c12 = madd(c12, s, b2); c13 = madd(c13, s, b3);
  }
  const c1 = c + cStride;
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c02, 32); v128.store(c, c03, 48);
  v128.store(c1, c10); v128.store(c1, c11, 16); v128.store(c1, c12, 32); v128.store(c1, c13, 48);
}

/** Two rows by the first 12 columns of a panel of 16. */
function tile2x12(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32): void {
  const i1 = init + initStride;
  let c00 = v128.load(init), c01 = v128.load(init, 16), c02 = v128.load(init, 32);
  let c10 = v128.load(i1), c11 = v128.load(i1, 16), c12 = v128.load(i1, 32);
  for (let a0 = a, a1 = a + aStride, end = a + (K << 2); a0 < end; a0 += 4, a1 += 4, b += 64) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
    let s = v128.load32_splat(a0);
    c00 = madd(c00, s, b0); c01 = madd(c01, s, b1); c02 = madd(c02, s, b2);
    s = v128.load32_splat(a1);
    c10 = madd(c10, s, b0); c11 = madd(c11, s, b1); c12 = madd(c12, s, b2);
  }
  const c1 = c + cStride;
  v128.store(c, c00); v128.store(c, c01, 16); v128.store(c, c02, 32);
  v128.store(c1, c10); v128.store(c1, c11, 16); v128.store(c1, c12, 32);
}

/** Four rows by a panel of 8 columns. */
function tile4x8(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32): void {
  const i1 = init + initStride, i2 = i1 + initStride, i3 = i2 + initStride;
  let c00 = v128.load(init), c10 = v128.load(i1), c20 = v128.load(i2), c30 = v128.load(i3);
  let c01 = v128.load(init, 16), c11 = v128.load(i1, 16), c21 = v128.load(i2, 16), c31 = v128.load(i3, 16);
  let a0 = a, a1 = a0 + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
  for (const end = a0 + (K << 2); a0 < end; a0 += 4, a1 += 4, a2 += 4, a3 += 4, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0);
    c00 = madd(c00, s, b0); c01 = madd(c01, s, b1);
    s = v128.load32_splat(a1);
    c10 = madd(c10, s, b0); c11 = madd(c11, s, b1);
    s = v128.load32_splat(a2);
    c20 = madd(c20, s, b0); c21 = madd(c21, s, b1);
    s = v128.load32_splat(a3);
    c30 = madd(c30, s, b0); c31 = madd(c31, s, b1);
  }
  const c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride;
  v128.store(c, c00); v128.store(c1, c10); v128.store(c2, c20); v128.store(c3, c30);
  v128.store(c, c01, 16); v128.store(c1, c11, 16); v128.store(c2, c21, 16); v128.store(c3, c31, 16);
}

/** Eight rows by 4 columns, the first of a panel of 8: the chains of a panel that is half empty come from its rows. */
function tile8x4(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32): void {
  let from = init;
  let c0 = v128.load(from); from += initStride; let c1 = v128.load(from); from += initStride;
  let c2 = v128.load(from); from += initStride; let c3 = v128.load(from); from += initStride;
  let c4 = v128.load(from); from += initStride; let c5 = v128.load(from); from += initStride;
  let c6 = v128.load(from); from += initStride; let c7 = v128.load(from);
  let a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride, a4 = a3 + aStride, a5 = a4 + aStride, a6 = a5 + aStride, a7 = a6 + aStride;
  for (const end = a + (K << 2); a < end; b += 32) {
    const b0 = v128.load(b);
    c0 = madd(c0, v128.load32_splat(a), b0); c1 = madd(c1, v128.load32_splat(a1), b0);
    c2 = madd(c2, v128.load32_splat(a2), b0); c3 = madd(c3, v128.load32_splat(a3), b0);
    c4 = madd(c4, v128.load32_splat(a4), b0); c5 = madd(c5, v128.load32_splat(a5), b0);
    c6 = madd(c6, v128.load32_splat(a6), b0); c7 = madd(c7, v128.load32_splat(a7), b0);
    a += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4; a6 += 4; a7 += 4;
  }
  v128.store(c, c0); c += cStride; v128.store(c, c1); c += cStride; v128.store(c, c2); c += cStride; v128.store(c, c3); c += cStride;
  v128.store(c, c4); c += cStride; v128.store(c, c5); c += cStride; v128.store(c, c6); c += cStride; v128.store(c, c7);
}

/** Two rows by a panel of 8 columns. `half`: C has only its first 4. */
function tile2x8(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32, half: bool): void {
  const i1 = init + initStride;
  let c00 = v128.load(init), c10 = v128.load(i1), c01 = c00, c11 = c00;
  if (!half) { c01 = v128.load(init, 16); c11 = v128.load(i1, 16); }
  for (let a0 = a, a1 = a + aStride, end = a + (K << 2); a0 < end; a0 += 4, a1 += 4, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0);
    c00 = madd(c00, s, b0); c01 = madd(c01, s, b1);
    s = v128.load32_splat(a1);
    c10 = madd(c10, s, b0); c11 = madd(c11, s, b1);
  }
  const c1 = c + cStride;
  v128.store(c, c00); v128.store(c1, c10);
  if (!half) { v128.store(c, c01, 16); v128.store(c1, c11, 16); }
}

/** `rows` (even) rows by all panels, over `K` inner steps of which `k` is the first, panels `panelBytes` apart. */
function rowsTimesPanels(
  c: i32, cStride: i32, init: i32, initStride: i32, along: i32, a: i32, aStride: i32, b: i32, panelBytes: i32, rows: i32, N: i32, K: i32,
  k: i32,
): void {
  const end = c + rows * cStride;
  for (; N > 8; N -= 16, b += panelBytes, c += 64) {
    let start = init, from = a;
    for (let to = c; to < end; to += cStride << 1, from += aStride << 1, start += initStride << 1) {
      if (N == 12) tile2x12(to, cStride, start, initStride, from, aStride, b + (k << 6), K);
      else tile2x16(to, cStride, start, initStride, from, aStride, b + (k << 6), K);
    }
    init += 64 & along;
  }
  if (N <= 0) return;
  b += k << 5;
  if (N == 4) {
    for (; rows >= 8; rows -= 8, c += cStride << 3, a += aStride << 3, init += initStride << 3) {
      tile8x4(c, cStride, init, initStride, a, aStride, b, K);
    }
  } else {
    for (; rows >= 4; rows -= 4, c += cStride << 2, a += aStride << 2, init += initStride << 2) {
      tile4x8(c, cStride, init, initStride, a, aStride, b, K);
    }
  }
  for (; rows > 0; rows -= 2, c += cStride << 1, a += aStride << 1, init += initStride << 1) {
    tile2x8(c, cStride, init, initStride, a, aStride, b, K, N == 4);
  }
}

/**
 * C = init + A · B with B packed. C [M, N] (rows `cStride` bytes apart, N a multiple of 4)   A [M, K] (rows `aStride` apart).
 * `init`: address of C itself to accumulate (stride `cStride`), of a bias row (stride 0), or 0 for zero (stride 0).
 * Without inner steps (K = 0) C is init.
 */
export function product(
  c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, panels: i32, M: i32, N: i32, K: i32,
): void {
  assert((N & 3) == 0 && K >= 0 && M >= 0, "product: N must be a multiple of 4, K and M not below 0");
  assert(cStride >= N << 2 || M < 2, "product: the rows of C overlap");
  assert(init != 0 || initStride == 0, "product: a stride without an address");
  const along = init ? -1 : 0;
  if (!init) init = ZEROS;
  // A single row, at each step of a stream, needs nothing of what follows.
  if (M == 1) return rowTimesPanels(c, init, along, a, panels, N, K);
  for (; M > 0; M -= ROW_BLOCK) {
    const rows = min(M, ROW_BLOCK), even = rows & ~1;
    fetchRows(a, aStride, rows, K << 2);
    if (even) {
      let start = init, startStride = initStride, startAlong = along;
      let k = 0;
      do {
        rowsTimesPanels(c, cStride, start, startStride, startAlong, a + (k << 2), aStride, panels, K << 6, even, N, min(K - k, INNER_BLOCK), k);
        start = c; startStride = cStride; startAlong = -1;
        k += INNER_BLOCK;
      } while (k < K);
    }
    if (rows & 1) rowTimesPanels(c + even * cStride, init + even * initStride, along, a + even * aStride, panels, N, K);
    c += rows * cStride;
    a += rows * aStride;
    init += rows * initStride;
  }
}
