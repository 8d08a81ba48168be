/**
 * Half the distance between the two points of a central difference. The truncation error is
 * step²/6 · f''' ≈ 2e-11 · f''', the rounding error 2⁻⁵³ · |f| / step ≈ 1e-11 · |f|: near their balance in float64.
 */
export const DIFFERENCE_STEP = 1e-5;

/**
 * The same through layer normalisation, which bends on the scale of √ε = 3e-3 where what it is given is 0, as W_hh h is at the
 * first step from a zero state: the truncation error is some (step / √ε)² ≈ 1e-7, the rounding error 1e-10 · |f|.
 */
export const NORM_DIFFERENCE_STEP = 1e-6;

/**
 * Derivative of `f` by each element of `values`, (f(v + s) − f(v − s)) / 2s with s the step.
 * The elements are moved in place and put back.
 */
export function centralDifferences(f: () => number, values: Float64Array, step = DIFFERENCE_STEP): Float64Array {
  return values.map((value, index) => {
    values[index] = value + step;
    const above = f();
    values[index] = value - step;
    const below = f();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}
