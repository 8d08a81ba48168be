/** How far a result may be from its reference: the measures that the index of the reference data is written in. */

/** One tensor held against its reference; it passes when `difference <= allowed`. */
export interface Comparison {
  readonly name: string;
  /** In the measure of the tensor; Infinity where one side is not finite and the other differs. */
  readonly difference: number;
  readonly allowed: number;
}

/** Below this size a tensor is measured absolutely: relative errors of zero mean nothing. */
const SMALLEST_SCALE = 1e-6;

/** max|a − b| / max(max|b|, 1e-6) over a whole tensor: the measure of values and gradients. */
export function tensorDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  requireSameLength(actual, expected);
  let scale = SMALLEST_SCALE;
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    const reference = expected[index] as number;
    if (Number.isFinite(reference)) scale = Math.max(scale, Math.abs(reference));
    worst = Math.max(worst, distance(actual[index] as number, reference));
  }
  return worst / scale;
}

/** |a − b| / max(|b|, 1): the measure of a loss that may be near zero by cancellation (weighted sums of outputs). */
export function scalarDifference(actual: number, expected: number): number {
  return distance(actual, expected) / Math.max(Math.abs(expected), 1);
}

/**
 * Largest |a − b| / (atol + rtol · |b|) over the elements whose flag is 1; at most 1 passes.
 * The measure of functions of one number, whose elements have nothing to do with each other.
 */
export function elementDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  flags: ArrayLike<number>,
  tolerance: { atol: number; rtol: number },
): number {
  requireSameLength(actual, expected);
  let worst = 0;
  for (let index = 0; index < expected.length; index++) {
    if (flags[index] !== 1) continue;
    const reference = expected[index] as number;
    const away = distance(actual[index] as number, reference);
    if (away === 0) continue;
    const room = Number.isFinite(reference) ? tolerance.atol + tolerance.rtol * Math.abs(reference) : 0;
    worst = Math.max(worst, room === 0 ? Infinity : away / room);
  }
  return worst;
}

/** |a − b|, with equal infinities and two NaN at distance 0, and anything else that is not finite at Infinity. */
function distance(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const away = Math.abs(actual - expected);
  return Number.isFinite(away) ? away : Infinity;
}

function requireSameLength(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length !== expected.length) {
    throw new Error(`${actual.length} values cannot be compared with ${expected.length}`);
  }
}

/** The comparisons that fail, in words; empty when all pass. A NaN difference fails. */
export function failures(comparisons: readonly Comparison[]): string[] {
  return comparisons
    .filter(({ difference, allowed }) => !(difference <= allowed))
    .map(({ name, difference, allowed }) => `${name}: ${difference.toExponential(2)} > ${allowed.toExponential(2)}`);
}
