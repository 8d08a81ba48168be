/**
 * Finds the places of the largest values, the largest first, of equal ones the first: as many as there is room for.
 * @param length how many values there are
 * @returns how many were found
 */
export function bestPlaces(values: Float64Array, found: Int32Array, length = values.length): number {
  const count = Math.min(found.length, length);
  for (let at = 0; at < count; at++) found[at] = at;
  // A heap: no place is before those below it, and the first is the last of them.
  for (let at = count >> 1; at-- > 0; ) sink(found, at, count, values);
  let least = values[found[0] as number] as number;
  for (let place = count; place < length; place++) {
    if ((values[place] as number) <= least) continue;
    found[0] = place;
    sink(found, 0, count, values);
    least = values[found[0] as number] as number;
  }
  for (let last = count - 1; last > 0; last--) {
    const place = found[last] as number;
    found[last] = found[0] as number;
    found[0] = place;
    sink(found, 0, last, values);
  }
  return count;
}

/** A place goes down a heap of `count` until it is not before one below it. */
function sink(heap: Int32Array, from: number, count: number, values: Float64Array): void {
  const place = heap[from] as number;
  let at = from;
  for (let below = 2 * at + 1; below < count; below = 2 * at + 1) {
    if (below + 1 < count && isBefore(heap[below] as number, heap[below + 1] as number, values)) below++;
    if (!isBefore(place, heap[below] as number, values)) break;
    heap[at] = heap[below] as number;
    at = below;
  }
  heap[at] = place;
}

function isBefore(a: number, b: number, values: Float64Array): boolean {
  const own = values[a] as number;
  const other = values[b] as number;
  return own > other || (own === other && a < b);
}
