/**
 * Half the distance between the two points of a central difference. The truncation error is
 * step²/6 · f''' ≈ 2e-11 · f''', the rounding error 2⁻⁵³ · |f| / step ≈ 1e-11 · |f|: near their balance in float64.
 */
export const DIFFERENCE_STEP = 1e-5;

/**
 * Derivative of `f` by each element of `values`, (f(v + s) − f(v − s)) / 2s.
 * The elements are moved in place and put back.
 */
export function centralDifferences(f: () => number, values: Float64Array): Float64Array {
  return values.map((value, index) => {
    values[index] = value + DIFFERENCE_STEP;
    const above = f();
    values[index] = value - DIFFERENCE_STEP;
    const below = f();
    values[index] = value;
    return (above - below) / (2 * DIFFERENCE_STEP);
  });
}
