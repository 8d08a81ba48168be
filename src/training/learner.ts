import { type Batch, layOut, readRows, writeClasses, writeGradientRows, writeRows } from "../data/batches.js";
import type { Dataset } from "../data/dataset.js";
import type { GradientRows, TargetRows } from "../losses/loss.js";
import { doorOf, type Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { padded, type Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { type AnyLoss, callLoss, type LossFunction } from "./lossFunction.js";
import { bindTarget } from "./target.js";

/** Room for the targets, and for gradients where the plan keeps none. */
interface Room {
  readonly target: Rows;
  /** The same as a loss takes it, by the kind of target. */
  readonly targets: Readonly<Record<TargetRows["kind"], TargetRows>>;
  /** Rows whose gradient part a loss writes: the output's own, or others where a plan has no way back. */
  readonly rows: Rows;
  readonly gradient: GradientRows;
}

const rooms = new WeakMap<Plan, Room>();

/**
 * Refuses what does not fit together; the model stays as it is, its sizes unknown if they are.
 * @throws ArgumentError, ShapeError when data, model and loss do not fit
 */
export function requireFit(model: Model, data: Dataset, loss: AnyLoss): void {
  bindTarget(data, doorOf(model).output(data.input), loss);
}

/** The interior of a model for data and a loss, which make its sizes known. @throws as `requireFit` */
export function interiorFor(model: Model, data: Dataset, loss: AnyLoss): Interior {
  requireFit(model, data, loss);
  return doorOf(model).adapt(data.input);
}

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
  if (typeof loss === "function") {
    writeRows(room.target, target.rows, batch.examples);
    return ownLoss(loss, interior, output, room);
  }
  if (target.kind === "values") writeRows(room.target, target.rows, batch.examples);
  else writeClasses(room.target.address, room.target.layout, target.rows, batch.examples);
  return loss.evaluate(output, room.targets[target.kind], room.gradient);
}

/** From the loss back through all steps: adds the gradients. The next batch draws noise of its own. */
export function addGradients(interior: Interior, plan: Plan): void {
  const { steps } = plan.layout;
  plan.run.backward(0, steps);
  plan.run.gradients(0, steps);
  interior.draws.count++;
}

function roomOf(plan: Plan): Room {
  const known = rooms.get(plan);
  if (known !== undefined) return known;
  const { output } = plan.run;
  const { layout, width } = output;
  const stride = 4 * padded(width);
  const bytes = layout.capacity.rows * stride;
  const address = plan.region.bytes(bytes);
  const target = { address, gradient: 0, width, stride, gradientStride: stride, layout };
  const rows = output.gradient === 0 ? { ...target, gradient: plan.region.bytes(bytes) } : output;
  const room: Room = {
    target,
    targets: { values: { kind: "values", address, stride }, classes: { kind: "classes", address, stride } },
    rows,
    gradient: { address: rows.gradient, stride: rows.gradientStride },
  };
  rooms.set(plan, room);
  return room;
}

function ownLoss(loss: LossFunction, interior: Interior, output: Rows, { target, rows }: Room): number {
  const { layout, width } = output;
  const shape =
    interior.output.each === "sequence" ? [layout.sequences, width] : [layout.sequences, layout.steps, width];
  const [prediction, wanted] = [new Tensor(readRows(output), shape), new Tensor(readRows(target), shape)];
  interior.isLent = true;
  try {
    const result = callLoss(loss, prediction, wanted);
    if (Number.isFinite(result.loss)) writeGradientRows(rows, result.gradient);
    return result.loss;
  } finally {
    interior.isLent = false;
  }
}
