import { FormatError } from "../errors.js";
import { Tensor } from "../tensor/tensor.js";
import type { ScalePlace } from "./kerasChain.js";
import { FILE } from "./kerasJson.js";

/** y = factors ⊙ x + shifts, before a layer or behind it. */
interface Scale {
  readonly place: ScalePlace;
  readonly factors: Float64Array;
  readonly shifts: Float64Array;
}

/** What a normalisation is made of. */
const PARTS = ["moving_mean", "moving_variance", "gamma", "beta"];

/**
 * The normalisations of a part, taken out of its tensors; layers that must take in a shift get a bias.
 *   γ (x − mean) / √(variance + epsilon) + β,  γ and β left out where a layer has none
 * @throws FormatError when statistics are missing, or no numbers that a feature can be scaled by
 */
export function takeScales(scales: ReadonlyMap<string, ScalePlace>, tensors: Map<string, Tensor>): Scale[] {
  return [...scales.values()].map((place) => {
    const { name, layer, parts, bare, epsilon } = place;
    const [mean, variance, gamma, beta] = PARTS.map((part) => {
      if (!parts.includes(part)) return undefined;
      const found = tensors.get(`${name}/${part}`);
      if (found === undefined) throw new FormatError(`${FILE}: the weights lack ${part} of "${layer}".`);
      tensors.delete(`${name}/${part}`);
      return found.data;
    }) as [Float32Array, Float32Array, Float32Array?, Float32Array?];
    const kernel = tensors.get(`${bare}/kernel`);
    const units = kernel?.shape.at(-1);
    if (units !== undefined) tensors.set(`${bare}/bias`, new Tensor(new Float32Array(units), [units]));
    const factors = Float64Array.from(variance, (value, at) => (gamma?.[at] ?? 1) / Math.sqrt(value + epsilon));
    const shifts = factors.map((factor, at) => (beta?.[at] ?? 0) - (mean[at] as number) * factor);
    const isEqual = [gamma, beta, mean].every((each) => each === undefined || each.length === factors.length);
    if (!isEqual || ![...factors, ...shifts].every(Number.isFinite))
      throw new FormatError(`${FILE}: the statistics of "${layer}" are not of one length, or no numbers to scale by.`);
    return { place, factors, shifts };
  });
}

/**
 * Layers take in what scales their input or their output:
 *   W (f ⊙ x + s) + b = (W ⊙ f) x + (W s + b),  f ⊙ (W x + b) + s = (f ⊙ W) x + (f ⊙ b + s)
 * @throws FormatError when there are not as many numbers as features
 */
export function foldScales(values: Map<string, Tensor>, scales: readonly Scale[]): void {
  for (const { place, factors, shifts } of scales) {
    for (const ending of ["", "_ih_l0", "_ih_l0_reverse"]) {
      const [name, biasName] = [`${place.path}.weight${ending}`, `${place.path}.bias${ending}`];
      const [weight, bias] = [values.get(name), values.get(biasName)];
      if (weight === undefined || bias === undefined) continue;
      const [rows, inputs] = weight.shape as [number, number];
      const width = place.isBefore ? rows : inputs;
      if (factors.length !== width)
        throw new FormatError(
          `${FILE}: "${place.layer}" has ${factors.length} features, "${place.path}" has ${width} there.`,
        );
      const summed = bias.data.map((value, row) => {
        if (place.isBefore) return value * (factors[row] as number) + (shifts[row] as number);
        return shifts.reduce((sum, shift, at) => sum + shift * (weight.data[row * inputs + at] as number), value);
      });
      const scaled = weight.data.map(
        (value, at) => value * (factors[place.isBefore ? Math.floor(at / inputs) : at % inputs] as number),
      );
      values.set(name, new Tensor(scaled, weight.shape));
      values.set(biasName, new Tensor(summed, bias.shape));
    }
  }
}
