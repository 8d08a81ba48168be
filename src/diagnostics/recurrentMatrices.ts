import type { Interior } from "../models/interior.js";
import { parameterName, type RecurrentPlace } from "./recurrentLayers.js";
import { spectralRadius } from "./spectralRadius.js";

/** How strongly one block of the recurrent weights can stretch a state, step after step. */
export interface BlockRadius {
  /** The gate that the block of `weight_hh` belongs to. */
  readonly gate: string;
  /** Its spectral radius; through a projection, that of W_hr W_hh. */
  readonly radius: number;
}

/** The spectral radius of each recurrent block of a layer; none where the cell has no recurrent weights. */
export function blockRadii({ parameters }: Interior, place: RecurrentPlace): BlockRadius[] {
  const { cell, config } = place;
  const { units, projectionSize } = config;
  const read = (name: string) => {
    const entry = parameters.find(parameterName(place, name));
    return parameters.copy(entry, parameters.values).data;
  };
  const blocks = cell.recurrentBlocks + cell.lateBlocks;
  const gate = (block: number) => cell.gates[block] ?? `block ${block}`;
  if (blocks === 0) {
    const own = cell.own?.(config);
    // A vector in the place of the matrix is a diagonal one: u ⊙ h.
    if (own?.name !== "weight_hh") return [];
    const radius = read(own.name).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return [{ gate: gate(0), radius }];
  }
  const weights = read("weight_hh");
  const width = projectionSize ?? units;
  const projection = projectionSize === null ? undefined : read("weight_hr");
  return Array.from({ length: blocks }, (_, block) => {
    const values = weights.subarray(block * units * width, (block + 1) * units * width);
    const matrix = projection === undefined ? values : product(projection, values, width, units);
    return { gate: gate(block), radius: spectralRadius(matrix, width) };
  });
}

/** [P, H] · [H, P] */
function product(a: Float32Array, b: Float32Array, size: number, inner: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[row * inner + k] as number;
      for (let column = 0; column < size; column++)
        result[row * size + column] =
          (result[row * size + column] as number) + factor * (b[k * size + column] as number);
    }
  }
  return result;
}
