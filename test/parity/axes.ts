/** Moves the axes of a tensor: axis `i` of the result is axis `order[i]` of the values. */
export function permuted(values: ArrayLike<number>, shape: readonly number[], order: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = new Float64Array(values.length);
  for (let index = 0; index < result.length; index++) {
    let rest = index;
    let from = 0;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const size = shape[order[axis]];
      from += (rest % size) * strides[order[axis]];
      rest = Math.floor(rest / size);
    }
    result[index] = values[from];
  }
  return result;
}

/** Values stretched to a larger shape along axes of length 1 or missing in front, as torch and NumPy do. */
export function stretched(values: ArrayLike<number>, shape: readonly number[], to: readonly number[]): Float64Array {
  const own = [...Array.from({ length: to.length - shape.length }, () => 1), ...shape];
  const result = new Float64Array(to.reduce((product, size) => product * size, 1));
  for (let index = 0; index < result.length; index++) {
    let [rest, from, stride] = [index, 0, 1];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      from += own[axis] === 1 ? 0 : (rest % to[axis]) * stride;
      stride *= own[axis];
      rest = Math.floor(rest / to[axis]);
    }
    result[index] = values[from];
  }
  return result;
}

/** Part number `index` of a tensor cut into equal parts along its first axis. */
export function partOfFirst(values: ArrayLike<number>, index: number, parts: number): Float64Array {
  const size = values.length / parts;
  return Float64Array.from({ length: size }, (_, at) => values[index * size + at]);
}

/** Parts one after the other along the first axis. */
export function stacked(parts: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

/** Σ a · b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}
