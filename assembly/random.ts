/*
 * Random numbers with addresses: Philox 4×32-10 (Salmon et al. 2011). A key says whose numbers they are, a counter which one;
 * nothing is drawn in turn, so the order in which things are built or batches are laid out changes nothing.
 */

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

/** Uniform in [0, 1) with 24 bits: word i & 3 of counter (i >> 2, 0, c0, c1). */
function uniform(i: i32, key0: u32, key1: u32, c0: u32, c1: u32): f64 {
  return <f64>(load<u32>(philox(key0, key1, <u32>i >> 2, 0, c0, c1) + ((i & 3) << 2)) >> 8) * 5.9604644775390625e-8;
}

/** out f32 [n]: uniform in [low, high). */
export function fillUniform(out: i32, n: i32, low: f64, high: f64, key0: u32, key1: u32, c0: u32, c1: u32): void {
  for (let i = 0; i < n; i++) store<f32>(out + (i << 2), <f32>(low + (high - low) * uniform(i, key0, key1, c0, c1)));
}

/** A standard normal number: Box & Muller 1958, from the two pairs of words of counter (i >> 1, 1, c0, c1). */
export function normal(i: i32, key0: u32, key1: u32, c0: u32, c1: u32): f64 {
  const words = philox(key0, key1, <u32>i >> 1, 1, c0, c1) + ((i & 1) << 3);
  const radius = (<f64>load<u32>(words) + 0.5) * 2.3283064365386963e-10;
  const angle = (<f64>load<u32>(words, 4) + 0.5) * 2.3283064365386963e-10;
  return sqrt(-2 * Math.log(radius)) * Math.cos(6.283185307179586 * angle);
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
