import { core } from "../wasm/core.js";

/** eˣ in float64 with the same bits on every runtime, which `Math.exp` does not promise. */
export function exp(x: number): number {
  return core().exp64(x);
}

/** The natural logarithm in float64 with the same bits on every runtime. */
export function log(x: number): number {
  return core().log64(x);
}

/** x^y in float64 with the same bits on every runtime. */
export function pow(x: number, y: number): number {
  return core().pow64(x, y);
}

/** cos x in float64 with the same bits on every runtime; x in radians, |x| ≤ 10⁶. */
export function cos(x: number): number {
  return core().cos64(x);
}
