import { multiplyAdd as madd } from "./simd";

/*
 * One row by packed panels: every step of a stream, and the last row of an odd number. The sums are those of matmul.ts.
 */

/**
 * One row by three panels of 16. Two inner steps a turn, the odd one first: unrolled by the engine, or with a step after the loop,
 * the sums would go through the stack (Node 20, at half the speed).
 */
function row48(c: i32, init: i32, a: i32, b: i32, K: i32): void {
  let c0 = v128.load(init), c1 = v128.load(init, 16), c2 = v128.load(init, 32), c3 = v128.load(init, 48);
  let c4 = v128.load(init, 64), c5 = v128.load(init, 80), c6 = v128.load(init, 96), c7 = v128.load(init, 112);
  let c8 = v128.load(init, 128), c9 = v128.load(init, 144), c10 = v128.load(init, 160), c11 = v128.load(init, 176);
  const end = a + (K << 2);
  let d = b + (K << 6), e = d + (K << 6);
  if (K & 1) {
    const s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16)); c2 = madd(c2, s, v128.load(b, 32));
    c3 = madd(c3, s, v128.load(b, 48)); c4 = madd(c4, s, v128.load(d)); c5 = madd(c5, s, v128.load(d, 16));
    c6 = madd(c6, s, v128.load(d, 32)); c7 = madd(c7, s, v128.load(d, 48)); c8 = madd(c8, s, v128.load(e));
    c9 = madd(c9, s, v128.load(e, 16)); c10 = madd(c10, s, v128.load(e, 32)); c11 = madd(c11, s, v128.load(e, 48));
    a += 4; b += 64; d += 64; e += 64;
  }
  for (; a < end; a += 8, b += 128, d += 128, e += 128) {
    let s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16)); c2 = madd(c2, s, v128.load(b, 32));
    c3 = madd(c3, s, v128.load(b, 48)); c4 = madd(c4, s, v128.load(d)); c5 = madd(c5, s, v128.load(d, 16));
    c6 = madd(c6, s, v128.load(d, 32)); c7 = madd(c7, s, v128.load(d, 48)); c8 = madd(c8, s, v128.load(e));
    c9 = madd(c9, s, v128.load(e, 16)); c10 = madd(c10, s, v128.load(e, 32)); c11 = madd(c11, s, v128.load(e, 48));
    s = v128.load32_splat(a, 4);
    c0 = madd(c0, s, v128.load(b, 64)); c1 = madd(c1, s, v128.load(b, 80)); c2 = madd(c2, s, v128.load(b, 96));
    c3 = madd(c3, s, v128.load(b, 112)); c4 = madd(c4, s, v128.load(d, 64)); c5 = madd(c5, s, v128.load(d, 80));
    c6 = madd(c6, s, v128.load(d, 96)); c7 = madd(c7, s, v128.load(d, 112)); c8 = madd(c8, s, v128.load(e, 64));
    c9 = madd(c9, s, v128.load(e, 80)); c10 = madd(c10, s, v128.load(e, 96)); c11 = madd(c11, s, v128.load(e, 112));
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
  v128.store(c, c4, 64); v128.store(c, c5, 80); v128.store(c, c6, 96); v128.store(c, c7, 112);
  v128.store(c, c8, 128); v128.store(c, c9, 144); v128.store(c, c10, 160); v128.store(c, c11, 176);
}

/** One row by two panels of 16, in the same way. */
function row32(c: i32, init: i32, a: i32, b: i32, K: i32): void {
  let c0 = v128.load(init), c1 = v128.load(init, 16), c2 = v128.load(init, 32), c3 = v128.load(init, 48);
  let c4 = v128.load(init, 64), c5 = v128.load(init, 80), c6 = v128.load(init, 96), c7 = v128.load(init, 112);
  const end = a + (K << 2);
  let d = b + (K << 6);
  if (K & 1) {
    const s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16));
    c2 = madd(c2, s, v128.load(b, 32)); c3 = madd(c3, s, v128.load(b, 48));
    c4 = madd(c4, s, v128.load(d)); c5 = madd(c5, s, v128.load(d, 16));
    c6 = madd(c6, s, v128.load(d, 32)); c7 = madd(c7, s, v128.load(d, 48));
    a += 4; b += 64; d += 64;
  }
  for (; a < end; a += 8, b += 128, d += 128) {
    let s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16));
    c2 = madd(c2, s, v128.load(b, 32)); c3 = madd(c3, s, v128.load(b, 48));
    c4 = madd(c4, s, v128.load(d)); c5 = madd(c5, s, v128.load(d, 16));
    c6 = madd(c6, s, v128.load(d, 32)); c7 = madd(c7, s, v128.load(d, 48));
    s = v128.load32_splat(a, 4);
    c0 = madd(c0, s, v128.load(b, 64)); c1 = madd(c1, s, v128.load(b, 80));
    c2 = madd(c2, s, v128.load(b, 96)); c3 = madd(c3, s, v128.load(b, 112));
    c4 = madd(c4, s, v128.load(d, 64)); c5 = madd(c5, s, v128.load(d, 80));
    c6 = madd(c6, s, v128.load(d, 96)); c7 = madd(c7, s, v128.load(d, 112));
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32); v128.store(c, c3, 48);
  v128.store(c, c4, 64); v128.store(c, c5, 80); v128.store(c, c6, 96); v128.store(c, c7, 112);
}

/** One row by one panel of 16, of which C has 16 or 12 columns, in the same way. */
function row16(c: i32, init: i32, a: i32, b: i32, K: i32, whole: bool): void {
  let c0 = v128.load(init), c1 = v128.load(init, 16), c2 = v128.load(init, 32), c3 = c0;
  if (whole) c3 = v128.load(init, 48);
  const end = a + (K << 2);
  if (K & 1) {
    const s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16));
    c2 = madd(c2, s, v128.load(b, 32)); c3 = madd(c3, s, v128.load(b, 48));
    a += 4; b += 64;
  }
  for (; a < end; a += 8, b += 128) {
    let s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16));
    c2 = madd(c2, s, v128.load(b, 32)); c3 = madd(c3, s, v128.load(b, 48));
    s = v128.load32_splat(a, 4);
    c0 = madd(c0, s, v128.load(b, 64)); c1 = madd(c1, s, v128.load(b, 80));
    c2 = madd(c2, s, v128.load(b, 96)); c3 = madd(c3, s, v128.load(b, 112));
  }
  v128.store(c, c0); v128.store(c, c1, 16); v128.store(c, c2, 32);
  if (whole) v128.store(c, c3, 48);
}

/** One row by a panel of 8, of which C has 8 or 4 columns. */
function row8(c: i32, init: i32, a: i32, b: i32, K: i32, half: bool): void {
  let c0 = v128.load(init), c1 = c0;
  if (!half) c1 = v128.load(init, 16);
  for (const end = a + (K << 2); a < end; a += 4, b += 32) {
    const s = v128.load32_splat(a);
    c0 = madd(c0, s, v128.load(b)); c1 = madd(c1, s, v128.load(b, 16));
  }
  v128.store(c, c0);
  if (!half) v128.store(c, c1, 16);
}

/** Panels that the second cache of a processor may not hold until the next row comes. */
const LARGE: i32 = 512 << 10;
/** Whether the last row of large weights met their panels in descending order. */
let isDescending = false;

/**
 * One row by all panels. 64 columns are two pairs of panels rather than three and one. Large weights are walked to and fro: row
 * after row from the beginning, a cache a little too small for them would always hold the part that is not wanted next.
 * `along`: −1 where init moves on with C, 0 where it stays.
 */
export function rowTimesPanels(c: i32, init: i32, along: i32, a: i32, b: i32, N: i32, K: i32): void {
  const panelBytes = K << 6;
  let threes = N / 48;
  if (threes && N - threes * 48 == 16) threes--;
  if (threes) {
    let at = 0, step = 1;
    if (3 * threes * panelBytes > LARGE) {
      isDescending = !isDescending;
      if (isDescending) { at = threes - 1; step = -1; }
    }
    for (let left = threes; left > 0; left--, at += step) {
      row48(c + at * 192, init + (at * 192 & along), a, b + at * 3 * panelBytes, K);
    }
    c += threes * 192; b += threes * 3 * panelBytes; N -= threes * 48;
    init += threes * 192 & along;
  }
  for (; N >= 32; N -= 32, c += 128, b += panelBytes << 1, init += 128 & along) row32(c, init, a, b, K);
  for (; N > 8; N -= 16, c += 64, b += panelBytes, init += 64 & along) row16(c, init, a, b, K, N != 12);
  if (N > 0) row8(c, init, a, b, K, N == 4);
}
