/*
 * Packing: operands laid out in the order in which the products of matmul.ts read them. Values are copied, never changed.
 */

/**
 * Panels are 16 columns wide, the last one 8 where no more than 8 columns are left (Np mod 16 = 4 or 8): panel j holds, for
 * k = 0 … K−1, the values B[k, 16j … 16j+15], so that [N] columns take 8 · ceil(N/8) · K floats.
 */
// @ts-ignore: decorator
@inline
function panelShift(column: i32, columns: i32): i32 {
  return columns - (column & ~15) > 8 ? 6 : 5;
}

/** Address of the four columns from byte `o` of row k in panels of `columns` columns over K. */
// @ts-ignore: decorator
@inline
export function panelPlace(panels: i32, k: i32, o: i32, columns: i32, K: i32): i32 {
  return panels + (o & ~63) * K + (k << panelShift(o >> 2, columns)) + (o & 48);
}

/** Stores the transpose of four rows of four, a step of the panel (1 << shift bytes) apart: a quarter or half of a panel. */
// @ts-ignore: decorator
@inline
function storeTransposed(to: i32, shift: i32, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + (1 << shift), v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + (2 << shift), v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + (3 << shift), v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}

/** Four rows of W become four columns of a panel. */
function packFourRows(to: i32, shift: i32, w: i32, wStride: i32, K: i32): void {
  const w1 = w + wStride, w2 = w1 + wStride, w3 = w2 + wStride;
  let k = 0;
  for (; k <= K - 16; k += 16, to += 4 << shift) {
    storeTransposed(to, shift, v128.load(w + k), v128.load(w1 + k), v128.load(w2 + k), v128.load(w3 + k));
  }
  for (; k < K; k += 4, to += 1 << shift) {
    store<f32>(to, load<f32>(w + k));
    store<f32>(to, load<f32>(w1 + k), 4);
    store<f32>(to, load<f32>(w2 + k), 8);
    store<f32>(to, load<f32>(w3 + k), 12);
  }
}

/**
 * Packs W for x · Wᵀ: rows of W become columns.
 * panels [ceil(blocks·Hp/8), K, 8]   W [blocks·H, K] without padding; each block of H rows is padded to Hp = 4·ceil(H/4) columns.
 * Padding columns are left alone: the caller zeroes the panels once.
 */
export function pack(panels: i32, W: i32, blocks: i32, H: i32, K: i32): void {
  const stride = K << 2, columns = blocks * ((H + 3) & ~3);
  let column = 0;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < H; row += 4, column += 4) {
      const shift = panelShift(column, columns);
      const to = panels + (column >> 4) * (K << 6) + ((column & 15) << 2);
      const from = W + (block * H + row) * stride;
      if (row + 4 <= H) packFourRows(to, shift, from, stride, stride);
      else {
        for (let extra = 0; extra < H - row; extra++) {
          for (let k = 0; k < K; k++) store<f32>(to + (extra << 2) + (k << shift), load<f32>(from + extra * stride + (k << 2)));
        }
      }
    }
  }
}

/** Undoes `pack`. */
export function unpack(W: i32, panels: i32, blocks: i32, H: i32, K: i32): void {
  const padded = (H + 3) & ~3, columns = blocks * padded;
  for (let block = 0; block < columns; block += padded) {
    for (let column = block; column < block + H; column++) {
      const step = 1 << panelShift(column, columns);
      let from = panelPlace(panels, 0, column << 2, columns, K) + ((column & 3) << 2);
      for (const end = W + (K << 2); W < end; W += 4, from += step) store<f32>(W, load<f32>(from));
    }
  }
}

/**
 * Packs W for g · W, the way back: columns stay columns.
 * panels [ceil(N/8), blocks·Hp, 8]   W [blocks·H, N] without padding.
 * Inner steps that belong to padding are left alone: the caller zeroes the panels once.
 */
export function packTransposed(panels: i32, W: i32, blocks: i32, H: i32, N: i32): void {
  const padded = (H + 3) & ~3, stride = N << 2;
  for (let n = 0; n < N; n += 16) {
    const columns = min(16, N - n), shift = panelShift(n, (N + 3) & ~3);
    for (let block = 0; block < blocks; block++) {
      let to = panels + ((block * padded) << shift);
      let from = W + block * H * stride + (n << 2);
      const end = from + H * stride;
      for (; from < end; from += stride, to += 1 << shift) {
        if (columns == 16) {
          v128.store(to, v128.load(from)); v128.store(to, v128.load(from, 16), 16);
          v128.store(to, v128.load(from, 32), 32); v128.store(to, v128.load(from, 48), 48);
        } else copyFloats(to, from, columns);
      }
    }
    panels += (blocks * padded) << 6;
  }
}

/** A bias [blocks·H] without padding becomes a row [blocks·Hp]; padding lanes are left alone. */
export function packBias(row: i32, bias: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, row += padded, bias += H << 2) copyFloats(row, bias, H);
}

/** The way back: a row [blocks·Hp] gives a vector [blocks·H] without padding. */
export function unpackBias(bias: i32, row: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, row += padded, bias += H << 2) copyFloats(bias, row, H);
}

export function copyFloats(to: i32, from: i32, count: i32): void {
  let o = 0;
  for (const end = (count & ~3) << 2; o < end; o += 16) v128.store(to + o, v128.load(from + o));
  for (; o < count << 2; o += 4) store<f32>(to + o, load<f32>(from + o));
}

/**
 * Rows [count, width] into panels made for `rows` rows, as rows `at` … at + count − 1; lanes beyond the padded width become 0.
 */
export function panelsOfRows(to: i32, rows: i32, at: i32, from: i32, fromStride: i32, count: i32, width: i32): void {
  const columns = (width + 3) & ~3;
  for (let column = 0; column < columns; column += 16, to += rows << 6, from += 64) {
    const shift = panelShift(column, columns), lanes = min(16, columns - column) << 2;
    let source = from, target = to + (at << shift);
    for (const end = target + (count << shift); target < end; target += 1 << shift, source += fromStride) {
      if (lanes == 64) {
        v128.store(target, v128.load(source)); v128.store(target, v128.load(source, 16), 16);
        v128.store(target, v128.load(source, 32), 32); v128.store(target, v128.load(source, 48), 48);
      } else {
        let o = 0;
        for (; o < lanes; o += 16) v128.store(target + o, v128.load(source + o));
        for (; o < 1 << shift; o += 16) v128.store(target + o, f32x4.splat(0));
      }
    }
  }
}

/**
 * Rows [rows, width], width a multiple of 4, into strips of 4 columns, `stripBytes` apart. Four strips at a time read each cache
 * line of the rows once.
 */
export function stripsOfFour(to: i32, stripBytes: i32, from: i32, fromStride: i32, rows: i32, width: i32): void {
  const to1 = stripBytes, to2 = to1 + stripBytes, to3 = to2 + stripBytes;
  for (; width >= 16; width -= 16, to += to3 + stripBytes, from += 64) {
    let source = from, target = to;
    for (const end = to + (rows << 4); target < end; target += 16, source += fromStride) {
      const s0 = v128.load(source), s1 = v128.load(source, 16), s2 = v128.load(source, 32), s3 = v128.load(source, 48);
      v128.store(target, s0); v128.store(target + to1, s1); v128.store(target + to2, s2); v128.store(target + to3, s3);
    }
  }
  for (; width > 0; width -= 4, to += stripBytes, from += 16) {
    let source = from, target = to;
    for (const end = to + (rows << 4); target < end; target += 16, source += fromStride) v128.store(target, v128.load(source));
  }
}

/** Fewer rows than this are taken for still being in a cache. */
const FETCH_FROM_ROWS: i32 = 16;
/** Where what `fetchRows` read goes, so that no compiler leaves the reads out. */
const SINK: i32 = <i32>memory.data(4, 4);

/**
 * Brings rows into the caches before tiles or packing walk over them: read once in order, line by line, they arrive at the speed of
 * memory; in the order of the work, each would be waited for.
 */
export function fetchRows(rows: i32, stride: i32, count: i32, bytes: i32): void {
  if (count < FETCH_FROM_ROWS) return;
  let seen = 0;
  for (; count > 0; count--, rows += stride) {
    for (let at = rows, end = rows + bytes; at < end; at += 64) seen |= load<i32>(at);
  }
  store<i32>(SINK, seen);
}
