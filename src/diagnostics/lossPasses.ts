import type { Batch } from "../data/batches.js";
import { StateError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import type { Rows } from "../tensor/rows.js";
import type { AnyLoss } from "../training/lossFunction.js";
import { Objective } from "../training/objective.js";
import { floats } from "../wasm/memory.js";
import { ranksOf, type SequenceGroup } from "./sequenceGroups.js";

/** A batch in the middle of a step: forward is done, the gradient of the loss stands at the output. */
export interface LossPass {
  readonly objective: Objective;
  readonly plan: Plan;
  readonly loss: number;
  /** The output's gradient rows as the loss left them. */
  readonly gradient: Float32Array;
  /** Forward through all steps once more: a way back overwrites what forward has kept. */
  again(): void;
}

/** Which steps of the loss a way back starts from. */
export type Errors = "all" | "first" | "last";

/**
 * Forward through all steps, and the loss. The random numbers are those of the batch that would be trained on next.
 * @throws StateError when the loss is not finite
 */
export function passTo(interior: Interior, { data, examples }: Batch, loss: AnyLoss): LossPass {
  const objective = new Objective(interior, data, loss);
  const plan = forwardPass(objective, examples);
  const value = objective.loss(plan, examples);
  if (!Number.isFinite(value))
    throw new StateError(`the loss is ${value}: the network has diverged, and there is no gradient to show.`);
  const [from, to] = gradientRange(plan.run.output);
  const again = () => void forwardPass(objective, examples);
  return { objective, plan, loss: value, gradient: floats.slice(from, to), again };
}

export function forwardPass(objective: Objective, examples: Int32Array): Plan {
  const plan = objective.prepare(examples, true);
  plan.run.forward(0, plan.layout.steps);
  return plan;
}

/** Back through all steps from the loss of a group alone: of all its steps, or of the first or last that the loss looks at. */
export function backFrom(pass: LossPass, group: SequenceGroup, errors: Errors): void {
  const { output } = pass.plan.run;
  const { layout } = output;
  const [from, to] = gradientRange(output);
  const words = output.gradientStride >> 2;
  const ranks = ranksOf(layout);
  floats.fill(0, from, to);
  for (const sequence of group.sequences) {
    const rank = ranks.get(sequence) as number;
    const length = layout.lengths[rank] as number;
    const until = errors === "first" ? group.firstStep + 1 : length;
    for (let step = errors === "last" ? group.lastStep : 0; step < until && step < length; step++) {
      const at = (layout.firstRow(step) + rank) * words;
      floats.set(pass.gradient.subarray(at, at + words), from + at);
    }
  }
  pass.plan.run.backward(0, pass.plan.layout.steps);
}

/** Where the gradient rows of the present batch lie, as indices of float32. */
function gradientRange({ gradient, gradientStride, layout }: Rows): [from: number, to: number] {
  return [gradient >> 2, (gradient + layout.rows * gradientStride) >> 2];
}
