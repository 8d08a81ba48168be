import { requireNumber } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { perStep, type SequencesLike, sequences } from "./sequences.js";

/**
 * Which steps of an input are more than padding: 1, or 0 where every feature of a step is the padding value. It is what
 * Keras's `Masking` and the `mask_zero` of its embeddings compute.
 *
 * @param input [batch, time, D], or [batch, time] for tokens, or a list of such of any lengths
 * @param value what padding is made of; default 0
 * @returns [batch, time], or a list of [time] where lengths differ: a `mask`
 * @example
 * const sentences = [[5, 3, 0, 0], [2, 0, 7, 1]];
 * const reader = new Model(sequential(embedding(10, 4), gru(8), finalState()));
 * reader.predictBatch(sentences, { mask: paddingMask(sentences) }).shape;   // [2, 8]
 * @throws ShapeError, ArgumentError when the input is none or the value no number
 */
export function paddingMask(input: SequencesLike, value = 0): Tensor | Tensor[] {
  requireNumber("value of paddingMask", value);
  const padding = Math.fround(value);
  const { values, starts, lengths, width, count } = perStep(sequences("input of paddingMask", input));
  const masks = Array.from({ length: count }, (_, index) => {
    const mask = new Float32Array(lengths[index] as number);
    for (let step = 0; step < mask.length; step++) {
      const from = (starts[index] as number) + step * width;
      mask[step] = values.subarray(from, from + width).every((feature) => feature === padding) ? 0 : 1;
    }
    return new Tensor(mask, [mask.length]);
  });
  const steps = lengths[0] ?? 0;
  if (!lengths.every((length) => length === steps)) return masks;
  const data = new Float32Array(count * steps);
  masks.forEach((mask, index) => {
    data.set(mask.data, index * steps);
  });
  return new Tensor(data, [count, steps]);
}
