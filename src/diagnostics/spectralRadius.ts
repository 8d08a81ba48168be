import { exp, log } from "../tensor/float64.js";

/** Relative change of the estimate at which it is taken for settled, two doublings in a row. */
const SETTLED = 1e-5;
/** Powers up to A^65536; a large matrix, of which each costs a second, up to A^512. */
const DOUBLINGS = { small: 16, large: 9 };
const LARGE = 400;

/**
 * Spectral radius of a square matrix: the largest modulus of its eigenvalues, complex ones included.
 *
 * By repeated squaring (Gelfand's formula): with m = 2ʲ, ρ ≈ (‖A²ᵐ‖ / ‖Aᵐ‖)^(1/m) in the Frobenius norm, rescaled after each
 * product. The ratio cancels every constant factor of the growth, so normal matrices (orthogonal, symmetric) are exact at
 * once; else the relative error is below ln(κ) / m, κ the condition of the eigenvectors, and a Jordan block of size n adds
 * n ln 2 / m. Squaring stops when two estimates in a row agree to 1e-5, at the latest at A^65536, for more than 400 rows at
 * A^512. A nilpotent matrix gives 0. Rounding in float64 shows as that of an eigenvalue solver does: a defective zero
 * eigenvalue of multiplicity n may show up as 2e-16^(1/n).
 *
 * @param matrix [size, size], row-major
 */
export function spectralRadius(matrix: ArrayLike<number>, size: number): number {
  let power = Float64Array.from(matrix);
  let norm = normalize(power);
  if (norm === 0) return 0;
  let [estimate, agreements] = [norm, 0];
  // ln ‖A^m‖ = grown · m
  let grown = log(norm);
  const most = size > LARGE ? DOUBLINGS.large : DOUBLINGS.small;
  for (let [doubling, m] = [0, 1]; doubling < most && agreements < 2; doubling++, m *= 2) {
    power = square(power, size);
    norm = normalize(power);
    if (norm === 0) return 0;
    // ‖A²ᵐ‖ / ‖Aᵐ‖ = ‖Aᵐ‖ · ‖(Aᵐ / ‖Aᵐ‖)²‖
    const next = exp(grown + log(norm) / m);
    agreements = Math.abs(next - estimate) <= SETTLED * next ? agreements + 1 : 0;
    estimate = next;
    grown += log(norm) / (2 * m);
  }
  return estimate;
}

/** A², four rows of the right factor at a time: each element is loaded and stored a quarter as often. */
function square(matrix: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(size * size);
  const right = Array.from({ length: size }, (_, row) => matrix.subarray(row * size, (row + 1) * size));
  const none = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const to = product.subarray(row * size, (row + 1) * size);
    const factors = right[row] as Float64Array;
    for (let inner = 0; inner < size; inner += 4) {
      const [a, b, c, d] = [0, 1, 2, 3].map((next) => factors[inner + next] ?? 0) as [number, number, number, number];
      const [p, q, r, s] = [0, 1, 2, 3].map((next) => right[inner + next] ?? none) as [
        Float64Array,
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      for (let column = 0; column < size; column++) {
        const first = a * (p[column] as number) + b * (q[column] as number);
        const second = c * (r[column] as number) + d * (s[column] as number);
        to[column] = (to[column] as number) + (first + second);
      }
    }
  }
  return product;
}

/** Divides by the Frobenius norm, and gives it. */
function normalize(matrix: Float64Array): number {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return 0;
  // Through the largest value: squares of very small ones would vanish.
  const norm = largest * Math.sqrt(matrix.reduce((sum, value) => sum + (value / largest) * (value / largest), 0));
  for (let index = 0; index < matrix.length; index++) matrix[index] = (matrix[index] as number) / norm;
  return norm;
}
