/** The four lanes and their tails: how every kernel in this folder walks a row whose length is no multiple of four. */

/** acc + a · b on four lanes, multiply then add, each rounded once: the only multiply-add of the core. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(acc: v128, a: v128, b: v128): v128 {
  return f32x4.add(acc, f32x4.mul(a, b));
}

/** One float32 of a static table in all four lanes. A literal vector would be rebuilt at each use inside a loop. */
// @ts-ignore: decorator
@inline
export function constant(address: i32): v128 {
  return v128.load32_splat(address);
}

/** The first `count` (1 … 3) floats at `address`; the other lanes are 0. Nothing beyond them is read. */
export function loadTail(address: i32, count: i32): v128 {
  let x = v128.load32_zero(address);
  if (count > 1) x = v128.load32_lane(address, x, 1, 4);
  if (count > 2) x = v128.load32_lane(address, x, 2, 8);
  return x;
}

/** Writes the first `count` (1 … 3) lanes to `address`, and nothing beyond them. */
export function storeTail(address: i32, x: v128, count: i32): void {
  v128.store32_lane(address, x, 0);
  if (count > 1) v128.store32_lane(address, x, 1, 4);
  if (count > 2) v128.store32_lane(address, x, 2, 8);
}

/** Four floats, or the first `count` where that is fewer (and above 0): one loop walks a row and its tail. */
// @ts-ignore: decorator
@inline
export function loadUpTo(address: i32, count: i32): v128 {
  return count < 4 ? loadTail(address, count) : v128.load(address);
}

/** Writes four lanes, or the first `count` where that is fewer. */
// @ts-ignore: decorator
@inline
export function storeUpTo(address: i32, x: v128, count: i32): void {
  if (count < 4) storeTail(address, x, count);
  else v128.store(address, x);
}

/** Sum of the lanes in the fixed order (x0 + x1) + (x2 + x3). */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Largest lane; NaN when any lane is. */
// @ts-ignore: decorator
@inline
export function maxLanes(x: v128): f32 {
  return max(
    max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)),
    max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)),
  );
}

const ONE: i32 = <i32>memory.data<f32>([1.0]);

/** Four ones, read from memory so that no loop rebuilds them. */
// @ts-ignore: decorator
@inline
export function one(): v128 {
  return v128.load32_splat(ONE);
}
