/** The functions of `math.ts` over arrays: y[i] = f(x[i]) for i < n. In place is allowed; nothing beyond n is touched. */
import { exp, expm1, log, sigmoid, softplus, tanh } from "./math";
import { loadTail, storeTail } from "./simd";

/** y, x [n] */
export function expVector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, exp(v128.load(x)));
  if (n & 3) storeTail(y, exp(loadTail(x, n & 3)), n & 3);
}

/** y, x [n] */
export function expm1Vector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, expm1(v128.load(x)));
  if (n & 3) storeTail(y, expm1(loadTail(x, n & 3)), n & 3);
}

/** y, x [n] */
export function logVector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, log(v128.load(x)));
  if (n & 3) storeTail(y, log(loadTail(x, n & 3)), n & 3);
}

/** y, x [n] */
export function sigmoidVector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, sigmoid(v128.load(x)));
  if (n & 3) storeTail(y, sigmoid(loadTail(x, n & 3)), n & 3);
}

/** y, x [n] */
export function softplusVector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, softplus(v128.load(x)));
  if (n & 3) storeTail(y, softplus(loadTail(x, n & 3)), n & 3);
}

/** y, x [n] */
export function tanhVector(y: i32, x: i32, n: i32): void {
  for (const end = x + ((n & ~3) << 2); x < end; x += 16, y += 16) v128.store(y, tanh(v128.load(x)));
  if (n & 3) storeTail(y, tanh(loadTail(x, n & 3)), n & 3);
}
