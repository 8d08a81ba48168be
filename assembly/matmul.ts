import { multiplyAdd as madd } from "./simd";

/*
 * Products of rows with packed panels (panels.ts). With outer.ts, the only tiled code of the core. Every output element is ONE chain
 *
 *     acc = C, bias or 0;   acc += a_k · b_k   for k = 0, 1, 2 …      (multiply, then add; each rounded once)
 *
 * whatever the number of rows, the tile, the block or the call, so a row gives the same bits alone and in any batch.
 *
 * B is packed into panels 8 columns wide: panel j holds, for k = 0 … K−1, the 8 values B[k, 8j … 8j+7] (32 bytes a step).
 * Rows of A and C are padded to 4 lanes; K, the inner length, is exact.
 */

/** Rows of A that share one walk over the panels: 64 rows and a panel stay in the first two caches. */
const ROW_BLOCK: i32 = 64;
/** Four rows by one panel. `half`: only the panel's first 4 columns exist in C. */
function tile4(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32, half: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (init) {
    const i1 = init + initStride, i2 = i1 + initStride, i3 = i2 + initStride;
    c00 = v128.load(init); c10 = v128.load(i1); c20 = v128.load(i2); c30 = v128.load(i3);
    if (!half) { c01 = v128.load(init, 16); c11 = v128.load(i1, 16); c21 = v128.load(i2, 16); c31 = v128.load(i3, 16); }
  }
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
  if (!half) { v128.store(c, c01, 16); v128.store(c1, c11, 16); v128.store(c2, c21, 16); v128.store(c3, c31, 16); }
}

/** Three rows by one panel. */
function tile3(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32, half: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  if (init) {
    const i1 = init + initStride, i2 = i1 + initStride;
    c00 = v128.load(init); c10 = v128.load(i1); c20 = v128.load(i2);
    if (!half) { c01 = v128.load(init, 16); c11 = v128.load(i1, 16); c21 = v128.load(i2, 16); }
  }
  let a0 = a, a1 = a0 + aStride, a2 = a1 + aStride;
  for (const end = a0 + (K << 2); a0 < end; a0 += 4, a1 += 4, a2 += 4, b += 32) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a0);
    c00 = madd(c00, s, b0); c01 = madd(c01, s, b1);
    s = v128.load32_splat(a1);
    c10 = madd(c10, s, b0); c11 = madd(c11, s, b1);
    s = v128.load32_splat(a2);
    c20 = madd(c20, s, b0); c21 = madd(c21, s, b1);
  }
  const c1 = c + cStride, c2 = c1 + cStride;
  v128.store(c, c00); v128.store(c1, c10); v128.store(c2, c20);
  if (!half) { v128.store(c, c01, 16); v128.store(c1, c11, 16); v128.store(c2, c21, 16); }
}

/** Two rows by one panel. */
function tile2(c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, b: i32, K: i32, half: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00;
  if (init) {
    const i1 = init + initStride;
    c00 = v128.load(init); c10 = v128.load(i1);
    if (!half) { c01 = v128.load(init, 16); c11 = v128.load(i1, 16); }
  }
  let a0 = a, a1 = a0 + aStride;
  for (const end = a0 + (K << 2); a0 < end; a0 += 4, a1 += 4, b += 32) {
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

/** One row: three panels at a time hide the latency of the additions, then two, then one. `columns` is a multiple of 4. */
function rowTimesPanels(c: i32, init: i32, a: i32, b: i32, columns: i32, K: i32): void {
  const panelBytes = K << 5;
  const end = a + (K << 2);
  for (; columns >= 24; columns -= 24, c += 96, b += 3 * panelBytes) {
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
    if (init) {
      c0 = v128.load(init); c1 = v128.load(init, 16); c2 = v128.load(init, 32);
      c3 = v128.load(init, 48); c4 = v128.load(init, 64); c5 = v128.load(init, 80);
      init += 96;
    }
    let b0 = b, b1 = b0 + panelBytes, b2 = b1 + panelBytes;
    for (let x = a; x < end; x += 4, b0 += 32, b1 += 32, b2 += 32) {
      const s = v128.load32_splat(x);
      c0 = madd(c0, s, v128.load(b0)); c1 = madd(c1, s, v128.load(b0, 16));
      c2 = madd(c2, s, v128.load(b1)); c3 = madd(c3, s, v128.load(b1, 16));
      c4 = madd(c4, s, v128.load(b2)); c5 = madd(c5, s, v128.load(b2, 16));
    }
    v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32);
    v128.store(c, c3, 48); v128.store(c, c4, 64); v128.store(c, c5, 80);
  }
  for (; columns >= 16; columns -= 16, c += 64, b += 2 * panelBytes) {
    let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
    if (init) {
      c0 = v128.load(init); c1 = v128.load(init, 16); c2 = v128.load(init, 32); c3 = v128.load(init, 48);
      init += 64;
    }
    let b0 = b, b1 = b0 + panelBytes;
    for (let x = a; x < end; x += 4, b0 += 32, b1 += 32) {
      const s = v128.load32_splat(x);
      c0 = madd(c0, s, v128.load(b0)); c1 = madd(c1, s, v128.load(b0, 16));
      c2 = madd(c2, s, v128.load(b1)); c3 = madd(c3, s, v128.load(b1, 16));
    }
    v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
  }
  for (; columns > 0; columns -= 8, c += 32, b += panelBytes) {
    let c0 = f32x4.splat(0), c1 = c0;
    if (init) { c0 = v128.load(init); c1 = v128.load(init, 16); init += 32; }
    let b0 = b;
    for (let x = a; x < end; x += 4, b0 += 32) {
      const s = v128.load32_splat(x);
      c0 = madd(c0, s, v128.load(b0)); c1 = madd(c1, s, v128.load(b0, 16));
    }
    v128.store(c, c0);
    if (columns > 4) v128.store(c, c1, 16);
  }
}

/**
 * C = init + A · B with B packed. C [M, N] (rows `cStride` bytes apart, N a multiple of 4)   A [M, K] (rows `aStride` apart).
 * `init`: address of C itself to accumulate (stride `cStride`), of a bias row (stride 0), or 0 for zero.
 */
export function product(
  c: i32, cStride: i32, init: i32, initStride: i32, a: i32, aStride: i32, panels: i32, M: i32, N: i32, K: i32,
): void {
  const panelBytes = K << 5;
  for (; M > 0; M -= ROW_BLOCK) {
    const rows = min(M, ROW_BLOCK);
    const tiled = (rows & 3) == 1 ? rows - 1 : rows;
    if (tiled > 0) {
      for (let n = 0, b = panels; n < N; n += 8, b += panelBytes) {
        const half = n + 4 >= N;
        let to = c + (n << 2), start = init ? init + (n << 2) : 0, from = a, left = tiled;
        for (; left >= 4; left -= 4, to += cStride << 2, start += initStride << 2, from += aStride << 2) {
          tile4(to, cStride, start, initStride, from, aStride, b, K, half);
        }
        if (left == 3) tile3(to, cStride, start, initStride, from, aStride, b, K, half);
        else if (left == 2) tile2(to, cStride, start, initStride, from, aStride, b, K, half);
      }
    }
    if (tiled < rows) rowTimesPanels(c + tiled * cStride, init ? init + tiled * initStride : 0, a + tiled * aStride, panels, N, K);
    c += rows * cStride;
    a += rows * aStride;
    if (init) init += rows * initStride;
  }
}
