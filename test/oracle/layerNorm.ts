import type { Vector } from "./linear.js";

/** ε of the library. */
const EPSILON = 1e-5;

/** A vector with its mean taken off and its deviation made 1: â = (a − mean) / √(σ² + ε), and the divisor. */
function standardized(a: Vector): { hat: Float64Array; deviation: number } {
  const values = Float64Array.from(a);
  const mean = average(values);
  const deviation = Math.sqrt(average(values.map((value) => (value - mean) ** 2)) + EPSILON);
  return { hat: values.map((value) => (value - mean) / deviation), deviation };
}

/** Layer normalisation of a whole vector (Ba, Kiros & Hinton 2016): y = gain ⊙ â + bias; no bias counts as zero. */
export function layerNorm(gain: Vector, bias: Vector | undefined, a: Vector): Float64Array {
  return standardized(a).hat.map((value, i) => gain[i] * value + (bias?.[i] ?? 0));
}

/**
 * Undoes it for a given dy: dgain_i += dy_i â_i, db_i += dy_i.
 * @returns da, from da_j = Σ_i dâ_i ∂â_i/∂a_j with ∂â_i/∂a_j = (δ_ij − 1/N − â_i â_j / N) / deviation
 */
export function layerNormBackward(
  gain: Vector,
  a: Vector,
  dy: Vector,
  dGain: Float64Array,
  dBias: Float64Array | undefined,
): Float64Array {
  const { hat, deviation } = standardized(a);
  const dHat = hat.map((_, i) => dy[i] * gain[i]);
  for (let i = 0; i < hat.length; i++) {
    dGain[i] += dy[i] * hat[i];
    if (dBias !== undefined) dBias[i] += dy[i];
  }
  const [mean, share] = [average(dHat), average(dHat.map((value, i) => value * hat[i]))];
  return dHat.map((value, i) => (value - mean - hat[i] * share) / deviation);
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
