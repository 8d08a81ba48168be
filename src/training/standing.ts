/** Why a course is at its end. */
export type Ending = "finished" | "patience";

/** What an epoch brought. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean training loss. */
  readonly loss: number;
  /** Loss of the validation data after the epoch; left out where there are none. */
  readonly validationLoss?: number;
  /** The metrics asked for, of the validation data. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Where a course stands, but for weights and optimizer: everything that the next update depends on, and the record. */
export interface Standing {
  /** Examples seen in the present epoch, and the sum of their losses. */
  seen: number;
  sum: number;
  /** Mean training loss and validation loss of each epoch that is done. */
  readonly losses: number[];
  readonly validationLosses: number[];
  /** Norm of the last update's gradient before clipping, and the loss it is the gradient of. */
  gradientNorm: number;
  loss: number;
  /** The learning rate, from which a schedule starts out. */
  learningRate: number;
  stopped: Ending | undefined;
}

/** A standing before the first update. */
export function newStanding(learningRate: number): Standing {
  const [seen, sum, gradientNorm, loss] = [0, 0, 0, 0];
  return { seen, sum, losses: [], validationLosses: [], gradientNorm, loss, learningRate, stopped: undefined };
}

/** What the last epoch brought. */
export function reportOf({ losses, validationLosses }: Standing, metrics: EpochReport["metrics"]): EpochReport {
  const validationLoss = validationLosses.at(-1);
  return {
    epoch: losses.length,
    loss: losses.at(-1) as number,
    ...(validationLoss !== undefined && { validationLoss }),
    ...(metrics && { metrics }),
  };
}
