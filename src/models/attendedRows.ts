import { ArgumentError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { Tensor } from "../tensor/tensor.js";
import type { Plan } from "./plan.js";

/** The weights of a plan's last run [sequences, answers, steps]. @throws ArgumentError when the network has no attention */
export function attentionOf({ run }: Plan, layer: Layer): Float32Array {
  const found = run.answers?.attention?.();
  if (found !== undefined) return found;
  const name = definitionOf(layer).describe(layer.config);
  throw new ArgumentError(`${name} has no attention whose weights could be given. Make it with { attention }.`);
}

/**
 * Those of an answer, cut to its input: [answers, steps].
 * @param sequences of the batch, by the caller's number: that which each step of the answer was computed in
 */
export function attentionRows(plan: Plan, weights: Float32Array, sequences: readonly number[], steps: number): Tensor {
  const [most, stride] = [plan.run.output.layout.steps, plan.layout.steps];
  const rows = new Float32Array(sequences.length * steps);
  sequences.forEach((sequence, answer) => {
    const from = (sequence * most + answer) * stride;
    rows.set(weights.subarray(from, from + steps), answer * steps);
  });
  return new Tensor(rows, [sequences.length, steps]);
}
