/** Columns whose remainder is below this share of the largest are combinations of the others. */
const DEPENDENT = 1e-10;

/**
 * The x that minimises ‖A x − b‖, by Householder reflections with column pivoting (Businger and Golub 1965) in float64.
 * Columns that depend on others get the coefficient 0, so constant data and more unknowns than rows are no error.
 *
 * @param columns A by columns [n][rows]; overwritten
 * @param target b [rows]; overwritten
 * @returns x [n]
 */
export function leastSquares(columns: Float64Array[], target: Float64Array): Float64Array {
  const order = columns.map((_, index) => index);
  const diagonal: number[] = [];
  const most = Math.min(columns.length, target.length);
  while (diagonal.length < most) {
    const step = diagonal.length;
    const pivot = largest(columns, order, step);
    [order[step], order[pivot]] = [order[pivot], order[step]];
    const column = columns[order[step]];
    const norm = Math.sqrt(dot(column, column, step));
    if (norm === 0 || norm <= DEPENDENT * Math.abs(diagonal[0] ?? 0)) break;
    const head = column[step] > 0 ? -norm : norm;
    column[step] -= head;
    for (let other = step + 1; other < order.length; other++) reflect(column, columns[order[other]], step);
    reflect(column, target, step);
    diagonal.push(head);
  }
  return backSubstitute(columns, target, order, diagonal);
}

/** The position from `step` on whose column has the largest remainder. */
function largest(columns: Float64Array[], order: number[], step: number): number {
  let [best, most] = [step, -1];
  for (let position = step; position < order.length; position++) {
    const size = dot(columns[order[position]], columns[order[position]], step);
    if (size > most) [best, most] = [position, size];
  }
  return best;
}

/** vector −= 2 v (v·vector) / (v·v), over the rows from `step` on. */
function reflect(v: Float64Array, vector: Float64Array, step: number): void {
  const share = (2 * dot(v, vector, step)) / dot(v, v, step);
  for (let row = step; row < v.length; row++) vector[row] -= share * v[row];
}

function backSubstitute(
  columns: Float64Array[],
  target: Float64Array,
  order: number[],
  diagonal: number[],
): Float64Array {
  const solution = new Float64Array(columns.length);
  for (let step = diagonal.length - 1; step >= 0; step--) {
    let rest = target[step];
    for (let later = step + 1; later < diagonal.length; later++)
      rest -= columns[order[later]][step] * solution[order[later]];
    solution[order[step]] = rest / diagonal[step];
  }
  return solution;
}

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let row = from; row < a.length; row++) sum += a[row] * b[row];
  return sum;
}
