/*
 * What the machine can do at best in WebAssembly, measured beside the core and never part of it.
 */

/** Small numbers, so that no sum overflows or becomes denormal. */
const FACTORS: i32 = <i32>memory.data<f32>([1e-3, -1e-3, 2e-3, -2e-3, 1e-3, -1e-3, 2e-3, -2e-3], 16);
const SUMS: i32 = <i32>memory.data(128, 16);

// @ts-ignore: decorator
@inline
function madd(acc: v128, a: v128, b: v128): v128 {
  return f32x4.add(acc, f32x4.mul(a, b));
}

/** 128 · `steps` floating-point operations: eight chains acc += s · w in registers, two factors loaded a turn. */
export function multiplyAdds(steps: i32): void {
  let a = v128.load(SUMS), b = v128.load(SUMS, 16), c = v128.load(SUMS, 32), d = v128.load(SUMS, 48);
  let e = v128.load(SUMS, 64), f = v128.load(SUMS, 80), g = v128.load(SUMS, 96), h = v128.load(SUMS, 112);
  const w0 = v128.load(FACTORS), w1 = v128.load(FACTORS, 4), w2 = v128.load(FACTORS, 8), w3 = v128.load(FACTORS, 12);
  for (let turns = steps << 1; turns > 0; turns--) {
    const s = v128.load32_splat(FACTORS), t = v128.load32_splat(FACTORS, 4);
    a = madd(a, s, w0); b = madd(b, s, w1); c = madd(c, s, w2); d = madd(d, s, w3);
    e = madd(e, t, w0); f = madd(f, t, w1); g = madd(g, t, w2); h = madd(h, t, w3);
  }
  v128.store(SUMS, a); v128.store(SUMS, b, 16); v128.store(SUMS, c, 32); v128.store(SUMS, d, 48);
  v128.store(SUMS, e, 64); v128.store(SUMS, f, 80); v128.store(SUMS, g, 96); v128.store(SUMS, h, 112);
}

/** The same work with two turns between branches: which of the two is faster depends on the engine. */
export function multiplyAddsUnrolled(steps: i32): void {
  let a = v128.load(SUMS), b = v128.load(SUMS, 16), c = v128.load(SUMS, 32), d = v128.load(SUMS, 48);
  let e = v128.load(SUMS, 64), f = v128.load(SUMS, 80), g = v128.load(SUMS, 96), h = v128.load(SUMS, 112);
  const w0 = v128.load(FACTORS), w1 = v128.load(FACTORS, 4), w2 = v128.load(FACTORS, 8), w3 = v128.load(FACTORS, 12);
  for (; steps > 0; steps--) {
    let s = v128.load32_splat(FACTORS), t = v128.load32_splat(FACTORS, 4);
    a = madd(a, s, w0); b = madd(b, s, w1); c = madd(c, s, w2); d = madd(d, s, w3);
    e = madd(e, t, w0); f = madd(f, t, w1); g = madd(g, t, w2); h = madd(h, t, w3);
    s = v128.load32_splat(FACTORS, 8); t = v128.load32_splat(FACTORS, 12);
    a = madd(a, s, w0); b = madd(b, s, w1); c = madd(c, s, w2); d = madd(d, s, w3);
    e = madd(e, t, w0); f = madd(f, t, w1); g = madd(g, t, w2); h = madd(h, t, w3);
  }
  v128.store(SUMS, a); v128.store(SUMS, b, 16); v128.store(SUMS, c, 32); v128.store(SUMS, d, 48);
  v128.store(SUMS, e, 64); v128.store(SUMS, f, 80); v128.store(SUMS, g, 96); v128.store(SUMS, h, 112);
}

/** a[i] = b[i] + 3 · c[i] over `n` floats, a multiple of 4: STREAM's triad, three streams through memory. */
export function triad(a: i32, b: i32, c: i32, n: i32): void {
  const three = f32x4.splat(3);
  for (const end = a + (n << 2); a < end; a += 16, b += 16, c += 16) {
    v128.store(a, madd(v128.load(b), three, v128.load(c)));
  }
}
