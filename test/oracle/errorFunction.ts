/** Below this the Taylor series of erf converges fast without cancellation worth naming; above, the fraction does. */
const CROSSOVER = 2;
/** Enough terms for float64 on either side of the crossover. */
const TERMS = 120;

/**
 * Complementary error function 1 − erf(x) in float64, to about 1e-14 relative to max(erfc, 1e-2).
 * Source: Abramowitz & Stegun 7.1.6 (series) and 7.1.14 (continued fraction).
 */
export function complementaryErrorFunction(x: number): number {
  if (x < 0) return 2 - complementaryErrorFunction(-x);
  return x < CROSSOVER ? 1 - series(x) : fraction(x);
}

/** erf x = 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·5…(2n+1)); all terms positive. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < TERMS; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc x = e^(−x²)/√π · 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))), evaluated from the inside out. */
function fraction(x: number): number {
  let inner = x;
  for (let n = TERMS; n >= 1; n--) inner = x + n / 2 / inner;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / inner;
}
