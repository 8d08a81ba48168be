import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { Tensor } from "../tensor/tensor.js";
import type { Plan } from "./plan.js";

/**
 * The attention weights of an answer [answers, steps] in a plan's last run.
 * @param sequences of the batch, by the caller's number: that which each step of the answer was computed in
 * @param steps of its input
 * @param first step of the answer that is wanted
 * @throws ArgumentError when the network has no attention
 */
export function attentionRows(
  { run: { answers } }: Plan,
  layer: Layer,
  sequences: readonly number[],
  steps: number,
  first = 0,
): Tensor {
  if (answers?.attention === undefined) {
    const name = definitionOf(layer).describe(layer.config);
    throw new ArgumentError(`${name} has no attention whose weights could be given. Make it with { attention }.`);
  }
  const rows = new Float32Array(sequences.length * steps);
  for (const [index, sequence] of sequences.entries()) answers.attention(sequence, first + index, rows, index * steps);
  return new Tensor(rows, [sequences.length, steps]);
}
