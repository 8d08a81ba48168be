import type { Batch } from "../data/batches.js";
import { readRows, writeClasses, writeGradientRows, writeRows } from "../data/batches.js";
import type { GradientRows, LabelRules, Loss, TargetRows } from "../losses/loss.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import { padded, type Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import { LabelRoom } from "./labelRoom.js";
import { type AnyLoss, callLoss, type LossFunction } from "./lossFunction.js";
import { writeWeights } from "./rowWeights.js";
import { type BoundTarget, bindTarget } from "./target.js";

/** What a loss needs of a plan. */
export type Judged = Pick<Plan, "capacity" | "layout" | "region"> & { readonly run: Pick<Plan["run"], "output"> };

/** Room of a plan for targets and weights, and for gradients where the plan keeps none. */
interface Room {
  readonly target: Rows;
  /** The same as a loss takes it, by the kind of target. */
  readonly targets: Readonly<Record<"values" | "classes", TargetRows>>;
  /** Made for the first batch with targets that are labels. */
  labels: LabelRoom | undefined;
  /** Rows whose gradient part a loss writes: the output's own, or others where a plan has no way back. */
  readonly rows: Rows;
  readonly gradient: GradientRows;
  /** Address of float32 [rows]; 0 before the first batch whose rows do not count alike. */
  weights: number;
  /** What the rows of the last loss counted for in its mean. */
  count: number;
}

const rooms = new WeakMap<Judged, Room>();

/** The loss of a plan's output, whose gradient rows are written where the plan has any. */
export function lossOf(interior: Interior, plan: Judged, batch: Batch, loss: AnyLoss): number {
  const bound = bindTarget(batch.data, interior.output, loss);
  const { output } = plan.run;
  const room = roomOf(plan);
  const weights = weightsOf(plan, room, bound, batch);
  const target = writeTarget(plan, room, bound, batch, loss);
  if (typeof loss === "function") {
    room.count = weights === 0 ? output.layout.rows : core().totalWeight(weights, 0, 0, 0, output.layout.rows);
    return ownLoss(loss, interior, output, room, weights);
  }
  room.count = loss.count(target, output.layout, weights);
  return loss.evaluate(output, target, room.gradient, weights);
}

/** Writes a batch's targets as the loss takes them. */
function writeTarget(plan: Judged, room: Room, bound: BoundTarget, batch: Batch, loss: AnyLoss): TargetRows {
  const { kind, rows } = bound;
  if (kind === "labels") {
    room.labels ??= new LabelRoom(plan);
    return room.labels.write(rows, batch, (loss as Loss).labels as LabelRules);
  }
  if (kind === "values") writeRows(room.target, rows, batch.examples);
  else writeClasses(room.target.address, room.target.layout, rows, batch.examples);
  return room.targets[kind];
}

/** What the rows of a plan's last loss counted for in its mean: their number, or the sum of their weights. */
export function lossCount(plan: Judged): number {
  return rooms.get(plan)?.count ?? 0;
}

/** Address of the weights of a batch's rows, 0 where all count alike. */
function weightsOf(plan: Judged, room: Room, { weights }: BoundTarget, { examples }: Batch): number {
  if (weights === undefined) return 0;
  const { layout } = room.target;
  if (room.weights === 0) room.weights = plan.region.words(layout.capacity.rows);
  writeWeights(room.weights, layout, weights, examples);
  return room.weights;
}

function roomOf(plan: Judged): Room {
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
    labels: undefined,
    weights: 0,
    count: 0,
  };
  rooms.set(plan, room);
  return room;
}

function ownLoss(
  loss: LossFunction,
  interior: Interior,
  output: Rows,
  { target, rows }: Room,
  weights: number,
): number {
  const { layout, width } = output;
  const steps = interior.output.each === "sequence" ? [] : [layout.steps];
  const shape = [layout.sequences, ...steps, width];
  const [prediction, wanted] = [new Tensor(readRows(output), shape), new Tensor(readRows(target), shape)];
  const single = { address: weights, gradient: 0, width: 1, stride: 4, gradientStride: 4, layout };
  const counts = weights === 0 ? undefined : new Tensor(readRows(single), [layout.sequences, ...steps]);
  const { loss: value, gradient } = interior.lend(() => callLoss(loss, prediction, wanted, counts));
  if (Number.isFinite(value)) writeGradientRows(rows, gradient);
  return value;
}
