/** A list this much longer than what is wanted of it is gone through once rather than sorted. */
const FEW = 16;

/** Places of the largest values, the largest first; of equal ones the first. */
export function bestPlaces(values: Float64Array | Float32Array, count: number): number[] {
  const isBefore = (a: number, b: number) => (values[b] as number) - (values[a] as number) || a - b;
  if (count * FEW > values.length) return Array.from(values.keys()).sort(isBefore).slice(0, count);
  const found: number[] = [];
  for (let place = 0; place < values.length; place++) {
    const value = values[place] as number;
    if (found.length === count && value <= (values[found[count - 1] as number] as number)) continue;
    let at = found.length;
    while (at > 0 && value > (values[found[at - 1] as number] as number)) at--;
    found.splice(at, 0, place);
    if (found.length > count) found.pop();
  }
  return found;
}
