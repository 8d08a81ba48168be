import { core } from "../wasm/core.js";

/** eˣ in float64 with the same bits on every runtime, which `Math.exp` does not promise. */
export function exp(x: number): number {
  return core().exp64(x);
}

/** The natural logarithm in float64 with the same bits on every runtime. */
export function log(x: number): number {
  return core().log64(x);
}
