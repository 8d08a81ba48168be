import { readRows, writeGradientRows } from "../data/batches.js";
import { newRows } from "../layers/moveRows.js";
import type { GradientRows, TargetRows } from "../losses/loss.js";
import { type RowWeights, writeWeights } from "../losses/rowWeights.js";
import type { BoundTarget, TargetKind, WriteTargets } from "../losses/targetKind.js";
import type { Interior } from "../models/interior.js";
import type { Plan } from "../models/plan.js";
import type { Rows } from "../tensor/rows.js";
import { Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import type { Region } from "../wasm/region.js";
import { type AnyLoss, callLoss, type LossFunction } from "./lossFunction.js";

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
  readonly #region: Region;
  readonly #output: Rows;
  /** Rows whose gradient part a loss writes: the output's own, or others where a plan has no way back. */
  readonly #rows: Rows;
  readonly #gradient: GradientRows;
  /** Room for targets of each kind that came, and that of the last. */
  readonly #writers = new Map<TargetKind, WriteTargets>();
  #kind: TargetKind | undefined;
  #write: WriteTargets | undefined;
  /** Address of float32 [rows]; 0 before the first batch whose rows do not count alike. */
  #weights = 0;

  constructor(plan: Judged) {
    const { region } = plan;
    const { output } = plan.run;
    this.#region = region;
    this.#output = output;
    this.#rows = output.gradient === 0 ? newRows(region, output.layout, output.width, true) : output;
    this.#gradient = { address: this.#rows.gradient, stride: this.#rows.gradientStride };
  }

  /** The loss of the plan's output for some examples, whose gradient rows are written. */
  loss(interior: Interior, loss: AnyLoss, target: BoundTarget, examples: Int32Array): number {
    const weights = target.weights === undefined ? 0 : this.#writeWeights(target.weights, examples);
    if (target.kind !== this.#kind) this.#turnTo(target.kind);
    const wanted = (this.#write as WriteTargets)(target, examples);
    const { layout } = this.#output;
    if (typeof loss === "function") {
      this.count = weights === 0 ? layout.rows : core().totalWeight(weights, 0, 0, 0, layout.rows);
      return this.#ownLoss(loss, interior, wanted, weights);
    }
    this.count = loss.count(wanted, layout, weights);
    return loss.evaluate(this.#output, wanted, this.#gradient, weights);
  }

  #turnTo(kind: TargetKind): void {
    const { layout, width } = this.#output;
    const write = this.#writers.get(kind) ?? kind.room({ layout, width, region: this.#region });
    this.#writers.set(kind, write);
    this.#kind = kind;
    this.#write = write;
  }

  /** @returns address of the weights of a batch's rows */
  #writeWeights(weights: RowWeights, examples: Int32Array): number {
    const { layout } = this.#output;
    if (this.#weights === 0) this.#weights = this.#region.words(layout.capacity.rows);
    writeWeights(this.#weights, layout, weights, examples);
    return this.#weights;
  }

  #ownLoss(loss: LossFunction, interior: Interior, target: TargetRows, weights: number): number {
    const { layout, width } = this.#output;
    const steps = interior.output.each === "sequence" ? [] : [layout.steps];
    const shape = [layout.sequences, ...steps, width];
    const prediction = new Tensor(readRows(this.#output), shape);
    const wanted = new Tensor(readRows({ ...this.#output, ...target }), shape);
    const single = { address: weights, gradient: 0, width: 1, stride: 4, gradientStride: 4, layout };
    const counts = weights === 0 ? undefined : new Tensor(readRows(single), [layout.sequences, ...steps]);
    const { loss: value, gradient } = interior.lend(() => callLoss(loss, prediction, wanted, counts));
    if (Number.isFinite(value)) writeGradientRows(this.#rows, gradient);
    return value;
  }
}
