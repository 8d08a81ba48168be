/**
 * float64 elementary functions for the facade and for the random numbers. A host's Math.* gives other bits in other
 * engines; these are plain additions, multiplications and divisions. The standard library's would be as good, but carry
 * 9 KB of tables. Errors are against 60-digit references, in ulp of the result.
 *
 * exp, log: Sun's fdlibm (as in FreeBSD and musl); cos, sin: its kernels; pow: double-double logarithm by its series.
 */

const LN2_HIGH: f64 = 6.93147180369123816490e-1; // 32 trailing zero bits: k · LN2_HIGH is exact
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const LN2_REST: f64 = 1.1612227229362532e-26;

/** π/2 in three parts; the first two have 33 bits, so their products with a quadrant number are exact. */
const QUARTER_1: f64 = 1.5707963267341256;
const QUARTER_2: f64 = 6.077100506303966e-11;
const QUARTER_3: f64 = 2.0222662487959506e-21;

/** x · 2^k in two factors: neither overflows, and a denormal result is rounded once. */
function scale(x: f64, k: i32): f64 {
  const half = k >> 1;
  const first = reinterpret<f64>(<u64>(half + 1023) << 52);
  return x * first * reinterpret<f64>(<u64>(k - half + 1023) << 52);
}

/** e^(x + extra), extra far smaller than x and added after the reduction. */
function exponential(x: f64, extra: f64): f64 {
  if (!(x > -746)) return x != x ? x : 0;
  if (x > 710) return Infinity;
  const k = <i32>nearest(x * 1.44269504088896338700);
  const high = x - <f64>k * LN2_HIGH;
  const low = <f64>k * LN2_LOW - extra;
  const r = high - low;
  const v = r * r;
  const c = r - v * (1.66666666666666019037e-1 + v * (-2.77777777770155933842e-3 + v * (6.61375632143793436117e-5
    + v * (-1.65339022054652515390e-6 + v * 4.13813679705723846039e-8))));
  return scale(1 + (r * c / (2 - c) - low + high), k);
}

/** eˣ; error below 1 ulp. */
export function exp64(x: f64): f64 {
  return exponential(x, 0);
}

/** The exponent k that puts x / 2^k into [√½, √2), for a normal x. */
function binaryExponent(x: f64): i32 {
  return <i32>((reinterpret<u64>(x) - 0x3fe6a09e667f3bcd) as i64 >> 52);
}

/** ln x; −inf at ±0, NaN below; error below 1 ulp. */
export function log64(x: f64): f64 {
  if (!(x > 0)) return x == 0 ? -Infinity : NaN;
  if (x == Infinity) return x;
  const isSmall = x < 2.2250738585072014e-308;
  if (isSmall) x *= 18014398509481984; // 2⁵⁴
  let k = binaryExponent(x);
  const f = reinterpret<f64>(reinterpret<u64>(x) - (<u64>k << 52)) - 1;
  if (isSmall) k -= 54;
  const s = f / (2 + f);
  const z = s * s;
  const r = z * (6.666666666666735130e-1 + z * (3.999999999940941908e-1 + z * (2.857142874366239149e-1
    + z * (2.222219843214978396e-1 + z * (1.818357216161805012e-1 + z * (1.531383769920937332e-1
    + z * 1.479819860511658591e-1))))));
  const h = 0.5 * f * f;
  return s * (h + r) + <f64>k * LN2_LOW - h + f + <f64>k * LN2_HIGH;
}

/** ln(eᵃ + eᵇ); −∞ stands for 0. A part below e⁻³⁷ of the other is less than half its last bit. */
export function addLogs(a: f64, b: f64): f64 {
  const high = max(a, b), gap = min(a, b) - high;
  return gap > -37 ? high + log64(1 + exp64(gap)) : high;
}

/** Upper 26 bits of the significand (Veltkamp): products of two such are exact. */
// @ts-ignore: decorator
@inline
function upper(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & 0xfffffffff8000000);
}

/** a · b − p exactly, p = fl(a · b) (Dekker). */
function productError(a: f64, b: f64, p: f64): f64 {
  const a1 = upper(a), b1 = upper(b);
  const a2 = a - a1, b2 = b - b1;
  return a1 * b1 - p + a1 * b2 + a2 * b1 + a2 * b2;
}

/** x^y for finite x > 0, x ≠ 1 and finite y: ln x = k ln 2 + 2 (s + s³/3 + s⁵/5 + …) with its leading terms in two doubles. */
function power(x: f64, y: f64): f64 {
  const isSmall = x < 2.2250738585072014e-308;
  if (isSmall) x *= 18014398509481984;
  let k = binaryExponent(x);
  const f = reinterpret<f64>(reinterpret<u64>(x) - (<u64>k << 52)) - 1;
  if (isSmall) k -= 54;
  const d = 2 + f;
  const s = f / d;
  const sd = s * d;
  const sLow = (f - sd - productError(s, d, sd) - s * (f - (d - 2))) / d;
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  // t = s²/3 in two doubles; the later terms are 2⁻¹² of it and need one.
  const third: f64 = 0.3333333333333333;
  const t = z * third;
  let tail: f64 = 0;
  for (let odd: f64 = 27; odd >= 5; odd -= 2) tail = tail * z + 1 / odd;
  const tLow = productError(z, third, t) + zLow * third + z * 1.850371707708594e-17 + z * z * tail;
  const u = s * t;
  const uLow = productError(s, t, u) + s * tLow + sLow * t;
  // ln x = k·HIGH + 2s + (2u + the small ones), largest first.
  const base = <f64>k * LN2_HIGH;
  const s2 = 2 * s;
  const a = base + s2;
  const aLow = s2 - (a - base);
  const b = a + 2 * u;
  const bLow = 2 * u - (b - a) + (aLow + 2 * sLow + 2 * uLow + <f64>k * LN2_LOW + <f64>k * LN2_REST);
  const l = b + bLow;
  const lLow = bLow - (l - b);
  const p = l * y;
  if (!(abs(p) < 800)) return p > 0 ? Infinity : 0;
  return exponential(p, productError(l, y, p) + lLow * y);
}

/** x^y with JavaScript's special cases; error below 1 ulp where the result is normal. */
export function pow64(x: f64, y: f64): f64 {
  if (y == 0) return 1;
  if (x != x || y != y) return NaN;
  const size = abs(x);
  if (abs(y) == Infinity) return size == 1 ? NaN : size > 1 == y > 0 ? Infinity : 0;
  const isWhole = floor(y) == y;
  const isOdd = isWhole && floor(y / 2) * 2 != y;
  const isNegative = reinterpret<i64>(x) < 0;
  if (x < 0 && x != -Infinity && !isWhole) return NaN;
  let result: f64;
  if (size == 0 || size == Infinity) result = (size == 0) == (y > 0) ? 0 : Infinity;
  else if (size == 1) result = 1;
  else if (y == 1) result = size;
  else result = power(size, y);
  return isNegative && isOdd ? -result : result;
}

/** cos(x + low) for |x| ≤ π/4 */
function cosine(x: f64, low: f64): f64 {
  const z = x * x;
  const w = z * z;
  const r = z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * 2.48015872894767294178e-5))
    + w * w * (-2.75573143513906633035e-7 + z * (2.08757232129817482790e-9 + z * -1.13596475577881948265e-11));
  const half = 0.5 * z;
  const v = 1 - half;
  return v + (1 - v - half + (z * r - x * low));
}

/** sin(x + low) for |x| ≤ π/4 */
function sine(x: f64, low: f64): f64 {
  const z = x * x;
  const v = z * x;
  const r = 8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * 2.75573137070700676789e-6)
    + z * z * z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10);
  return x - (z * (0.5 * low - v * r) - low - v * -1.66666666666666324348e-1);
}

/** cos x, x in radians, |x| ≤ 10⁶ (NaN beyond, where the reduction would lose digits); error below 1 ulp of 1. */
export function cos64(x: f64): f64 {
  if (!(abs(x) <= 1e6)) return NaN;
  const n = nearest(x * 0.6366197723675814);
  const a = x - n * QUARTER_1;
  const b = n * QUARTER_2;
  const c = a - b;
  const rest = n * QUARTER_3 - (a - c - b);
  const high = c - rest;
  const low = c - high - rest;
  switch (<i32>n & 3) {
    case 0: return cosine(high, low);
    case 1: return -sine(high, low);
    case 2: return -cosine(high, low);
    default: return sine(high, low);
  }
}
