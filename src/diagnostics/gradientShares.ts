import { Batch } from "../data/batches.js";
import type { Interior } from "../models/interior.js";
import { normOf } from "../training/clipGradients.js";
import type { AnyLoss } from "../training/lossFunction.js";
import { passTo } from "./lossPasses.js";

/** The part of one parameter in the gradient. */
export interface ParameterShare {
  /** Path of the parameter, such as `0.weight_hh_l0`. */
  readonly name: string;
  /** ‖∂L/∂p‖ */
  readonly norm: number;
  /** Share of the squared norm of all trainable gradients together; 0 for a frozen parameter. The shares sum to 1. */
  readonly share: number;
}

/** What clipping at a norm would do. */
export interface Clipping {
  /** The threshold asked about. */
  readonly clipNorm: number;
  /** ‖g‖ of all trainable gradients of the whole batch. */
  readonly norm: number;
  /** Sequences in each of the batches that `rate` counts. */
  readonly batchSize: number;
  /** How many such batches there are. */
  readonly batches: number;
  /** Share of these batches whose gradient norm is above the threshold. */
  readonly rate: number;
}

/** Norm and share of each parameter's gradient, from the gradients that now stand in the model. */
export function parameterShares({ parameters }: Interior): ParameterShare[] {
  const squares = parameters.entries.map((entry) =>
    parameters.copy(entry, parameters.gradients).data.reduce((sum, value) => sum + value * value, 0),
  );
  const trained = squares.map((square, index) => (parameters.entries[index]?.isFrozen ? 0 : square));
  const total = trained.reduce((sum, square) => sum + square, 0);
  return parameters.entries.map(({ name }, index) => ({
    name,
    norm: Math.sqrt(squares[index] as number),
    share: total === 0 ? 0 : (trained[index] as number) / total,
  }));
}

/**
 * How many of the batches that training would make of these examples, in their order, would be clipped.
 * @param norm gradient norm of all examples in one batch
 */
export function clipping(
  interior: Interior,
  batch: Batch,
  loss: AnyLoss,
  { clipNorm, batchSize }: { readonly clipNorm: number; readonly batchSize: number },
  norm: number,
): Clipping {
  const { examples, data } = batch;
  let [batches, clipped] = [0, 0];
  for (let from = 0; from < examples.length; from += batchSize) {
    const some = examples.slice(from, from + batchSize);
    const found = some.length === examples.length ? norm : normOfBatch(interior, new Batch(data, some), loss);
    if (found > clipNorm) clipped++;
    batches++;
  }
  return { clipNorm, norm, batchSize: Math.min(batchSize, examples.length), batches, rate: clipped / batches };
}

function normOfBatch(interior: Interior, batch: Batch, loss: AnyLoss): number {
  interior.parameters.clearGradients();
  fillGradients(interior, batch, loss);
  return normOf(interior);
}

/** Adds the gradients of a batch; the next batch draws the same random numbers still. */
export function fillGradients(interior: Interior, batch: Batch, loss: AnyLoss): void {
  const { run, layout } = passTo(interior, batch, loss).plan;
  run.backward(0, layout.steps);
  run.gradients(0, layout.steps);
}
