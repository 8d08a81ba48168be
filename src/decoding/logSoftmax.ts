import { log } from "../tensor/float64.js";
import { largestPlace } from "../tensor/largestPlace.js";
import { core } from "../wasm/core.js";

/**
 * ln Σ eˣ in float64, summed in the order of the logits; never below any of them.
 * @param most the largest of them
 */
export function logSumExp(logits: Float32Array | Float64Array, most: number): number {
  const { exp64 } = core();
  let sum = 0;
  for (let at = 0; at < logits.length; at++) sum += exp64((logits[at] as number) - most);
  return most + log(sum);
}

/** ln softmax in float64: x − ln Σ eˣ. */
export function logSoftmax(logits: Float32Array): Float64Array {
  const sum = logSumExp(logits, logits[largestPlace(logits)] as number);
  return new Float64Array(logits).map((logit) => logit - sum);
}
