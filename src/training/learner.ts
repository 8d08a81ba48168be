import { type Batch, layOut, readRows, writeClasses, writeGradientRows, writeRows } from "../data/batches.js";
import type { Sequences } from "../data/sequences.js";
import type { Flow } from "../layers/layer.js";
import type { TargetRows } from "../losses/loss.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import { padded, type Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { type AnyLoss, callLoss } from "./lossFunction.js";
import { type BoundTarget, bindTarget } from "./target.js";

/** Room for the targets, and for gradients where the plan keeps none. */
interface Room {
  readonly target: Rows;
  readonly gradient: Rows;
}

const rooms = new WeakMap<Plan, Room>();

/** The plan for a batch, laid out and filled; `run.begin()` done, states 0. */
export function prepare(interior: Interior, batch: Batch, training: boolean): Plan {
  const { input } = batch.data;
  let [steps, rows] = [0, 0];
  for (let index = 0; index < batch.examples.length; index++) {
    const length = input.lengths[batch.examples[index] as number] as number;
    if (length > steps) steps = length;
    rows += length;
  }
  const plan = interior.plan(training, { sequences: batch.examples.length, steps, rows });
  layOut(plan.layout, input, batch.examples);
  plan.refresh();
  plan.run.begin();
  writeRows(plan.input, input, batch.examples);
  return plan;
}

/** The loss of a plan's output, whose gradient rows are written where the plan has any. */
export function lossOf(interior: Interior, plan: Plan, batch: Batch, loss: AnyLoss): number {
  const target = bindTarget(batch.data, interior.output, loss);
  const { output } = plan.run;
  const room = roomOf(plan);
  const rows: Rows = output.gradient === 0 ? room.gradient : output;
  if (typeof loss === "function") return ownLoss(loss, interior.output, output, rows, target.rows, batch.examples, room.target);
  return loss.evaluate(output, writeTarget(target, room.target, batch.examples), { address: rows.gradient, stride: rows.gradientStride });
}

function roomOf(plan: Plan): Room {
  const known = rooms.get(plan);
  if (known !== undefined) return known;
  const { layout, width, gradient } = plan.run.output;
  const stride = 4 * padded(width);
  const bytes = layout.capacity.rows * stride;
  const shape = { gradient: 0, width, stride, gradientStride: stride, layout };
  const target = { ...shape, address: plan.region.bytes(bytes) };
  const own = gradient === 0 ? plan.region.bytes(bytes) : 0;
  const room = { target, gradient: { ...shape, address: 0, gradient: own } };
  rooms.set(plan, room);
  return room;
}

function writeTarget(target: BoundTarget, room: Rows, examples: Int32Array): TargetRows {
  if (target.kind === "values") writeRows(room, target.rows, examples);
  else writeClasses(room.address, room.layout, target.rows, examples);
  return { kind: target.kind, address: room.address, stride: room.stride };
}

function ownLoss(
  loss: Extract<AnyLoss, (...given: never[]) => unknown>,
  { each }: Flow,
  output: Rows,
  gradientRows: Rows,
  target: Sequences,
  examples: Int32Array,
  room: Rows,
): number {
  const { layout, width } = output;
  writeRows(room, target, examples);
  const shape = each === "sequence" ? [layout.sequences, width] : [layout.sequences, layout.steps, width];
  const result = callLoss(loss, new Tensor(readRows(output), shape), new Tensor(readRows(room), shape));
  writeGradientRows(gradientRows, result.gradient);
  return result.loss;
}
