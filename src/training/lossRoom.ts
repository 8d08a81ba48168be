import { readRows, writeClasses, writeGradientRows, writeRows } from "../data/batches.js";
import type { GradientRows, LabelRules, Loss, TargetRows } from "../losses/loss.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import { padded, type Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import { LabelRoom } from "./labelRoom.js";
import { type AnyLoss, callLoss, type LossFunction } from "./lossFunction.js";
import { type RowWeights, writeWeights } from "./rowWeights.js";
import type { BoundTarget } from "./target.js";

/** What a loss needs of a plan. */
export type Judged = Pick<Plan, "capacity" | "layout" | "region"> & { readonly run: Pick<Plan["run"], "output"> };

const rooms = new WeakMap<Judged, LossRoom>();

/** The room of a plan, made when its output is judged for the first time. */
export function roomOf(plan: Judged): LossRoom {
  let room = rooms.get(plan);
  if (room === undefined) {
    room = new LossRoom(plan);
    rooms.set(plan, room);
  }
  return room;
}

/** Room of a plan for targets and weights, and for gradients where the plan keeps none. */
export class LossRoom {
  /** What the rows of the last loss counted for in its mean. */
  count = 0;
  readonly #plan: Judged;
  readonly #output: Rows;
  readonly #target: Rows;
  /** The same as a loss takes it, by the kind of target. */
  readonly #targets: Readonly<Record<"values" | "classes", TargetRows>>;
  /** Rows whose gradient part a loss writes: the output's own, or others where a plan has no way back. */
  readonly #rows: Rows;
  readonly #gradient: GradientRows;
  /** Made for the first batch with targets that are labels. */
  #labels: LabelRoom | undefined;
  /** Address of float32 [rows]; 0 before the first batch whose rows do not count alike. */
  #weights = 0;

  constructor(plan: Judged) {
    const { output } = plan.run;
    const { layout, width } = output;
    const stride = 4 * padded(width);
    const bytes = layout.capacity.rows * stride;
    const address = plan.region.bytes(bytes);
    this.#plan = plan;
    this.#output = output;
    this.#target = { address, gradient: 0, width, stride, gradientStride: stride, layout };
    this.#targets = { values: { kind: "values", address, stride }, classes: { kind: "classes", address, stride } };
    this.#rows = output.gradient === 0 ? { ...this.#target, gradient: plan.region.bytes(bytes) } : output;
    this.#gradient = { address: this.#rows.gradient, stride: this.#rows.gradientStride };
  }

  /** The loss of the plan's output for some examples, whose gradient rows are written. */
  loss(interior: Interior, loss: AnyLoss, target: BoundTarget, examples: Int32Array): number {
    const weights = target.weights === undefined ? 0 : this.#writeWeights(target.weights, examples);
    const wanted = this.#writeTarget(target, examples, loss);
    const { layout } = this.#output;
    if (typeof loss === "function") {
      this.count = weights === 0 ? layout.rows : core().totalWeight(weights, 0, 0, 0, layout.rows);
      return this.#ownLoss(loss, interior, weights);
    }
    this.count = loss.count(wanted, layout, weights);
    return loss.evaluate(this.#output, wanted, this.#gradient, weights);
  }

  /** Writes a batch's targets as the loss takes them. */
  #writeTarget({ kind, rows }: BoundTarget, examples: Int32Array, loss: AnyLoss): TargetRows {
    if (kind === "labels") {
      this.#labels ??= new LabelRoom(this.#plan);
      return this.#labels.write(rows, examples, (loss as Loss).labels as LabelRules);
    }
    if (kind === "values") writeRows(this.#target, rows, examples);
    else writeClasses(this.#target.address, this.#target.layout, rows, examples);
    return this.#targets[kind];
  }

  /** @returns address of the weights of a batch's rows */
  #writeWeights(weights: RowWeights, examples: Int32Array): number {
    const { layout } = this.#target;
    if (this.#weights === 0) this.#weights = this.#plan.region.words(layout.capacity.rows);
    writeWeights(this.#weights, layout, weights, examples);
    return this.#weights;
  }

  #ownLoss(loss: LossFunction, interior: Interior, weights: number): number {
    const { layout, width } = this.#output;
    const steps = interior.output.each === "sequence" ? [] : [layout.steps];
    const shape = [layout.sequences, ...steps, width];
    const prediction = new Tensor(readRows(this.#output), shape);
    const wanted = new Tensor(readRows(this.#target), shape);
    const single = { address: weights, gradient: 0, width: 1, stride: 4, gradientStride: 4, layout };
    const counts = weights === 0 ? undefined : new Tensor(readRows(single), [layout.sequences, ...steps]);
    const { loss: value, gradient } = interior.lend(() => callLoss(loss, prediction, wanted, counts));
    if (Number.isFinite(value)) writeGradientRows(this.#rows, gradient);
    return value;
  }
}
