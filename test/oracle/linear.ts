/** Matrix times vector in float64, as in the textbook. Matrices are flat, row-major. */

export type Vector = ArrayLike<number>;

/** y = W x + b: y_i = b_i + Σ_j W_ij x_j. W [rows, x.length]; no b counts as zero. */
export function affine(weight: Vector, bias: Vector | undefined, x: Vector, rows: number): Float64Array {
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = bias?.[i] ?? 0;
    for (let j = 0; j < x.length; j++) y[i] += weight[i * x.length + j] * x[j];
  }
  return y;
}

/**
 * Undoes y = W x + b for a given dy: dW_ij += dy_i x_j, db_i += dy_i.
 * @returns dx_j = Σ_i W_ij dy_i
 */
export function affineBackward(
  weight: Vector,
  x: Vector,
  dy: Vector,
  dWeight: Float64Array,
  dBias: Float64Array | undefined,
): Float64Array {
  const dx = new Float64Array(x.length);
  for (let i = 0; i < dy.length; i++) {
    if (dBias !== undefined) dBias[i] += dy[i];
    for (let j = 0; j < x.length; j++) {
      dx[j] += weight[i * x.length + j] * dy[i];
      dWeight[i * x.length + j] += dy[i] * x[j];
    }
  }
  return dx;
}

/** The block of H values number `block` of a vector of gate blocks. */
export function gate(blocks: Float64Array, block: number, units: number): Float64Array {
  return blocks.subarray(block * units, (block + 1) * units);
}

export function add(a: Vector, b: Vector): Float64Array {
  return Float64Array.from(a, (value, index) => value + b[index]);
}
