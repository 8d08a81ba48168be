import { pack, panelPlace, unpack } from "./panels";

/*
 * Products with one-hot rows, of which only the places of their ones are given: row i is 1 in column token[i] and 0 elsewhere.
 * Of a chain acc += a_k · b_k (matmul.ts, outer.ts) one addition is left, since adding 0 · b changes no sum. The bits are those of
 * the product, but for two cases: infinite or NaN factors spoil no other column, and a bias of −0 may keep its sign.
 */

/** product() of such rows with packed panels. C [M, N]   tokens i32 [M], each below K. `init`: a bias row, or 0 for zero. */
export function oneHotProduct(
  c: i32, cStride: i32, init: i32, tokens: i32, panels: i32, M: i32, N: i32, K: i32,
): void {
  for (; M > 0; M--, c += cStride, tokens += 4) {
    const token = load<i32>(tokens);
    assert(token >= 0 && token < K, "oneHotProduct: no such token");
    for (let o = 0; o < N << 2; ) {
      let from = panelPlace(panels, token, o, N, K);
      for (const end = min(o + 64, N << 2); o < end; o += 16, from += 16) {
        const bias = init ? v128.load(init + o) : f32x4.splat(0);
        v128.store(c + o, f32x4.add(bias, v128.load(from)));
      }
    }
  }
}

/**
 * weightGradient() of such rows: column token[i] of dW [blocks·H, N] += row i of g [rows, blocks·Hp], rows ascending. Whole vectors
 * are added in panels of dW, which are unpacked at the end.
 * scratch: panels of blocks·Hp columns over N
 */
export function oneHotGradient(
  dW: i32, scratch: i32, g: i32, gStride: i32, tokens: i32, rows: i32, blocks: i32, H: i32, N: i32,
): void {
  const columns = blocks * ((H + 3) & ~3);
  pack(scratch, dW, blocks, H, N);
  for (; rows > 0; rows--, g += gStride, tokens += 4) {
    const token = load<i32>(tokens);
    for (let o = 0; o < columns << 2; ) {
      let to = panelPlace(scratch, token, o, columns, N);
      for (const end = min(o + 64, columns << 2); o < end; o += 16, to += 16) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(g + o)));
      }
    }
  }
  unpack(dW, scratch, blocks, H, N);
}
