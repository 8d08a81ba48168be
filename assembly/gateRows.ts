import { sigmoid, tanh } from "./math";

/*
 * Gates of one row in passes of one function each. All gates of a vector at once would be a chain of two hundred operations, of
 * which a processor's window holds no second one: it would wait for each rather than overlap them.
 */

/** to = σ(a + b), n bytes; `to` may be a. */
export function sigmoidOfSum(to: i32, a: i32, b: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, sigmoid(f32x4.add(v128.load(a + o), v128.load(b + o))));
}

/** to = tanh(a + b), n bytes; `to` may be a. */
export function tanhOfSum(to: i32, a: i32, b: i32, n: i32): void {
  for (let o = 0; o < n; o += 16) v128.store(to + o, tanh(f32x4.add(v128.load(a + o), v128.load(b + o))));
}
