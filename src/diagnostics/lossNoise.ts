/** Points in a row at which the loss is measured. */
const POINTS = 9;
/** Distance of neighbours: many float32 roundings of a weight around 1, and too little for the loss to bend. 2⁻¹⁸. */
const STEP = 3.814697265625e-6;
/** Orders of the differences that are averaged: below them the loss's slope shows, above them few are left. */
const ORDERS = [3, 4, 5, 6];
/** Half the distance of float32 numbers around 1: no loss is known better than that. 2⁻²⁵. */
const ROUNDING = 2.9802322387695312e-8;

/**
 * Standard deviation of the rounding errors in a loss, measured as Moré & Wild do ("Estimating computational noise", SIAM J.
 * Sci. Comput. 33, 2011): along a line of nearby points the k-th differences of a smooth function vanish, those of its
 * rounding errors do not; σ² = (k!)² / (2k)! · mean (Δᵏ)².
 *
 * @param lossAt the loss at a distance along the line
 */
export function lossNoise(lossAt: (distance: number) => number): number {
  let differences = Array.from({ length: POINTS }, (_, index) => lossAt((index - (POINTS - 1) / 2) * STEP));
  const size = differences.reduce((most, loss) => Math.max(most, Math.abs(loss)), 0);
  let [factor, variance] = [1, 0];
  for (let order = 1; order <= Math.max(...ORDERS); order++) {
    differences = differences.slice(1).map((loss, index) => loss - (differences[index] as number));
    // (k!)² / (2k)! from that of k − 1.
    factor *= (order * order) / (2 * order * (2 * order - 1));
    if (!ORDERS.includes(order)) continue;
    const mean = differences.reduce((sum, difference) => sum + difference * difference, 0) / differences.length;
    variance += (factor * mean) / ORDERS.length;
  }
  return Math.max(Math.sqrt(variance), ROUNDING * size);
}
