/*
 * Random numbers with addresses: Philox 4×32-10 (Salmon et al. 2011). A key says whose numbers they are, a counter which one;
 * nothing is drawn in turn, so the order in which things are built or batches are laid out changes nothing.
 */

import { cos64, log64 } from "./float64";

const WORDS: i32 = <i32>memory.data(16, 16);
const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;

/** Four 32-bit words for a key and a counter, left at the address given back. */
export function philox(key0: u32, key1: u32, c0: u32, c1: u32, c2: u32, c3: u32): i32 {
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * <u64>c0, p1 = M1 * <u64>c2;
    const n0 = <u32>(p1 >> 32) ^ c1 ^ key0, n2 = <u32>(p0 >> 32) ^ c3 ^ key1;
    c1 = <u32>p1;
    c3 = <u32>p0;
    c0 = n0;
    c2 = n2;
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  store<u32>(WORDS, c0);
  store<u32>(WORDS, c1, 4);
  store<u32>(WORDS, c2, 8);
  store<u32>(WORDS, c3, 12);
  return WORDS;
}

/** Largest float32 below x. */
function below(x: f64): f32 {
  const y = <f32>x;
  if (<f64>y < x) return y;
  if (y == 0) return -f32.MIN_VALUE;
  const bits = reinterpret<i32>(y);
  return reinterpret<f32>(bits + (y > 0 ? -1 : 1));
}

/**
 * out f32 [n]: uniform in [low, high), from the upper 24 bits of word i & 3 of counter (i >> 2, 0, c0, c1).
 * Rounding to float32 never reaches `high`; low = high gives low.
 */
export function fillUniform(out: i32, n: i32, low: f64, high: f64, key0: u32, key1: u32, c0: u32, c1: u32): void {
  const step = (high - low) * 5.9604644775390625e-8;
  const most = low < high ? below(high) : <f32>low;
  for (let i = 0; i < n; i++) {
    if (!(i & 3)) philox(key0, key1, <u32>i >> 2, 0, c0, c1);
    const value = <f32>(low + step * <f64>(load<u32>(WORDS + ((i & 3) << 2)) >> 8));
    store<f32>(out + (i << 2), min(value, most));
  }
}

/** The multipliers, the steps of the key, and four counters in a row: constants in a loop would be rebuilt at every use. */
const TABLE: i32 = <i32>memory.data<u32>([0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85, 0, 1, 2, 3], 16);

/** The upper halves of four products, of which `low` and `high` hold two each. */
// @ts-ignore: decorator
@inline
function upperHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

/** And the lower ones. */
// @ts-ignore: decorator
@inline
function lowerHalves(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/** Where the words of four counters, word `a` of each to word `d`, are not above `most`, `scale`, else 0: 16 elements at `out`. */
function storeMasks(out: i32, a: v128, b: v128, c: v128, d: v128, most: v128, scale: v128): void {
  a = v128.and(i32x4.le_u(a, most), scale);
  b = v128.and(i32x4.le_u(b, most), scale);
  c = v128.and(i32x4.le_u(c, most), scale);
  d = v128.and(i32x4.le_u(d, most), scale);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(out, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  v128.store(out, v128.shuffle<i64>(AB, CD, 0, 2), 32);
  v128.store(out, v128.shuffle<i64>(AB, CD, 1, 3), 48);
}

/**
 * Masks of 32 elements at `out`, from counters (block … block + 7, c0, c1, c2): `philox` in four lanes, the same bits. Twice four
 * counters side by side: the rounds of four are one chain, in which most of a processor would wait.
 */
function bernoulliBlock(out: i32, block: u32, most: v128, scale: v128, k0: u32, k1: u32, c0: u32, c1: u32, c2: u32): void {
  const m0 = v128.load32_splat(TABLE), m1 = v128.load32_splat(TABLE, 4);
  let key0 = i32x4.splat(k0), key1 = i32x4.splat(k1);
  let a = i32x4.add(i32x4.splat(block), v128.load(TABLE, 16)), b = i32x4.splat(c0), c = i32x4.splat(c1), d = i32x4.splat(c2);
  let e = i32x4.add(i32x4.splat(block + 4), v128.load(TABLE, 16)), f = b, g = c, h = d;
  for (let round = 0; round < 10; round++) {
    let p0 = i64x2.extmul_low_i32x4_u(m0, a), q0 = i64x2.extmul_high_i32x4_u(m0, a);
    let p1 = i64x2.extmul_low_i32x4_u(m1, c), q1 = i64x2.extmul_high_i32x4_u(m1, c);
    a = v128.xor(v128.xor(upperHalves(p1, q1), b), key0);
    c = v128.xor(v128.xor(upperHalves(p0, q0), d), key1);
    b = lowerHalves(p1, q1);
    d = lowerHalves(p0, q0);
    p0 = i64x2.extmul_low_i32x4_u(m0, e); q0 = i64x2.extmul_high_i32x4_u(m0, e);
    p1 = i64x2.extmul_low_i32x4_u(m1, g); q1 = i64x2.extmul_high_i32x4_u(m1, g);
    e = v128.xor(v128.xor(upperHalves(p1, q1), f), key0);
    g = v128.xor(v128.xor(upperHalves(p0, q0), h), key1);
    f = lowerHalves(p1, q1);
    h = lowerHalves(p0, q0);
    key0 = i32x4.add(key0, v128.load32_splat(TABLE, 8));
    key1 = i32x4.add(key1, v128.load32_splat(TABLE, 12));
  }
  storeMasks(out, a, b, c, d, most, scale);
  storeMasks(out + 64, e, f, g, h, most, scale);
}

/** Room for a block of masks of which a row takes only the first. */
const MASKS: i32 = <i32>memory.data(128, 16);

/**
 * out f32 [n]: `scale` with probability `keep`, else 0: the mask of inverted dropout when scale = 1 / keep.
 * Element i is word i & 3 of counter (i >> 2, c0, c1, c2).
 */
export function fillBernoulli(
  out: i32, n: i32, keep: f64, scale: f32, key0: u32, key1: u32, c0: u32, c1: u32, c2: u32,
): void {
  const threshold = <u64>(keep * 4294967296.0);
  if (!threshold) {
    memory.fill(out, 0, n << 2);
    return;
  }
  const most = i32x4.splat(<i32>(threshold - 1)), scales = f32x4.splat(scale);
  for (let i = 0; i < n; i += 32, out += 128) {
    const left = n - i;
    bernoulliBlock(left < 32 ? MASKS : out, <u32>i >> 2, most, scales, key0, key1, c0, c1, c2);
    if (left < 32) memory.copy(out, MASKS, left << 2);
  }
}

/** A standard normal number: Box & Muller 1958, from the two pairs of words of counter (i >> 1, 1, c0, c1). */
export function normal(i: i32, key0: u32, key1: u32, c0: u32, c1: u32): f64 {
  const words = philox(key0, key1, <u32>i >> 1, 1, c0, c1) + ((i & 1) << 3);
  const radius = (<f64>load<u32>(words) + 0.5) * 2.3283064365386963e-10;
  const angle = (<f64>load<u32>(words, 4) + 0.5) * 2.3283064365386963e-10;
  return sqrt(-2 * log64(radius)) * cos64(6.283185307179586 * angle);
}

/** out f32 [n]: normal. */
export function fillNormal(out: i32, n: i32, mean: f64, deviation: f64, key0: u32, key1: u32, c0: u32, c1: u32): void {
  for (let i = 0; i < n; i++) store<f32>(out + (i << 2), <f32>(mean + deviation * normal(i, key0, key1, c0, c1)));
}

/** out i32 [n]: the numbers 0 … n − 1 in random order (Fisher & Yates; bounded integers after Lemire 2019, without bias). */
export function fillPermutation(out: i32, n: i32, key0: u32, key1: u32, c0: u32): void {
  for (let i = 0; i < n; i++) store<i32>(out + (i << 2), i);
  for (let i = n - 1; i > 0; i--) {
    const bound = <u64>(i + 1);
    const least = <u32>((0x100000000 - bound) % bound);
    let product: u64 = 0;
    let attempt: u32 = 0;
    do {
      product = <u64>load<u32>(philox(key0, key1, <u32>i, 2, c0, attempt++)) * bound;
    } while (<u32>product < least);
    const j = <i32>(product >> 32);
    const moved = load<i32>(out + (i << 2));
    store<i32>(out + (i << 2), load<i32>(out + (j << 2)));
    store<i32>(out + (j << 2), moved);
  }
}
