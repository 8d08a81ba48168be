/** Place, from `from`, of the largest of `count` values; the first of equal ones. */
export function largestPlace(values: Float32Array | Float64Array, from = 0, count = values.length): number {
  let best = 0;
  for (let at = 1; at < count; at++) if ((values[from + at] as number) > (values[from + best] as number)) best = at;
  return best;
}
