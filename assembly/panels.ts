/*
 * Packing: operands laid out in the order in which the products of matmul.ts read them. Values are copied, never changed.
 */

/** Stores the transpose of four rows of four, 32 bytes apart: one half of a panel. */
// @ts-ignore: decorator
@inline
function storeTransposed(to: i32, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 64);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 96);
}

/** Four rows of W become four columns of a panel. */
function packFourRows(to: i32, w: i32, wStride: i32, K: i32): void {
  const w1 = w + wStride, w2 = w1 + wStride, w3 = w2 + wStride;
  let k = 0;
  for (; k <= K - 16; k += 16, to += 128) {
    storeTransposed(to, v128.load(w + k), v128.load(w1 + k), v128.load(w2 + k), v128.load(w3 + k));
  }
  for (; k < K; k += 4, to += 32) {
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
  const stride = K << 2;
  const panelBytes = K << 5;
  let column = 0;
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < H; row += 4, column += 4) {
      const to = panels + (column >> 3) * panelBytes + ((column & 4) << 2);
      const from = W + (block * H + row) * stride;
      if (row + 4 <= H) packFourRows(to, from, stride, stride);
      else {
        for (let extra = 0; extra < H - row; extra++) {
          for (let k = 0; k < K; k++) store<f32>(to + (extra << 2) + (k << 5), load<f32>(from + extra * stride + (k << 2)));
        }
      }
    }
  }
}

/**
 * Packs W for g · W, the way back: columns stay columns.
 * panels [ceil(N/8), blocks·Hp, 8]   W [blocks·H, N] without padding.
 * Inner steps that belong to padding are left alone: the caller zeroes the panels once.
 */
export function packTransposed(panels: i32, W: i32, blocks: i32, H: i32, N: i32): void {
  const padded = (H + 3) & ~3;
  const panelBytes = (blocks * padded) << 5;
  const stride = N << 2;
  for (let n = 0; n < N; n += 8, panels += panelBytes) {
    const columns = min(8, N - n);
    for (let block = 0; block < blocks; block++) {
      let to = panels + ((block * padded) << 5);
      let from = W + block * H * stride + (n << 2);
      const end = from + H * stride;
      for (; from < end; from += stride, to += 32) {
        if (columns == 8) {
          v128.store(to, v128.load(from));
          v128.store(to, v128.load(from, 16), 16);
        } else copyFloats(to, from, columns);
      }
    }
  }
}

/** A bias [blocks·H] without padding becomes a row [blocks·Hp]; padding lanes are left alone. */
export function packBias(row: i32, bias: i32, blocks: i32, H: i32): void {
  const padded = ((H + 3) & ~3) << 2;
  for (let block = 0; block < blocks; block++, row += padded, bias += H << 2) copyFloats(row, bias, H);
}

export function copyFloats(to: i32, from: i32, count: i32): void {
  for (let i = 0; i < count << 2; i += 4) store<f32>(to + i, load<f32>(from + i));
}

/** Rows [rows, width] into panels of 8 columns, `panelBytes` apart; lanes beyond the padded width become 0. */
export function panelsOfEight(to: i32, panelBytes: i32, from: i32, fromStride: i32, rows: i32, width: i32): void {
  for (let column = 0; column < width; column += 8, to += panelBytes, from += 32) {
    const wide = column + 4 < width;
    let source = from;
    const end = to + (rows << 5);
    for (let target = to; target < end; target += 32, source += fromStride) {
      v128.store(target, v128.load(source));
      v128.store(target, wide ? v128.load(source, 16) : f32x4.splat(0), 16);
    }
  }
}

/** Rows [rows, width], width a multiple of 4, into panels of 4 columns, `panelBytes` apart. */
export function panelsOfFour(to: i32, panelBytes: i32, from: i32, fromStride: i32, rows: i32, width: i32): void {
  for (let column = 0; column < width; column += 4, to += panelBytes, from += 16) {
    let source = from;
    const end = to + (rows << 4);
    for (let target = to; target < end; target += 16, source += fromStride) v128.store(target, v128.load(source));
  }
}
