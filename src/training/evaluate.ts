import { batches } from "../data/batches.js";
import { type Data, type Dataset, dataset } from "../data/dataset.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { interiorFor, lossOf, prepare } from "./learner.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";

/** Sequences that are measured side by side where nothing else is said. */
const SIDE_BY_SIDE = 64;

/** How a model is measured. */
export interface EvaluateOptions {
  readonly loss: AnyLoss;
  /** Sequences side by side; default 64. The loss hardly depends on it: only by the rounding of a sum in float64. */
  readonly batchSize?: number;
}

/** What was measured. */
export interface Evaluation {
  /** The mean loss: of each output row alike, however the data is cut into batches. */
  readonly loss: number;
}

/**
 * The mean loss over data, with the weights as they are; nothing changes.
 *
 * @example
 * const { loss } = evaluate(model, test, { loss: meanSquaredError });
 * @throws ShapeError, ArgumentError when data, model and loss do not fit
 */
export function evaluate(model: Model, data: Data | Dataset, options: EvaluateOptions): Evaluation {
  requireKnownOptions("evaluate", options, ["loss", "batchSize"]);
  const loss = requireLoss(options.loss);
  const batchSize = requireInteger("batchSize", options.batchSize ?? SIDE_BY_SIDE);
  const examples = dataset(data);
  const measuring = measure(interiorFor(model, examples, loss), examples, loss, batchSize);
  let step = measuring.next();
  while (!step.done) step = measuring.next();
  return { loss: step.value };
}

/** Measures a batch at every step, and gives the mean loss at last. */
export function* measure(
  interior: Interior,
  examples: Dataset,
  loss: AnyLoss,
  batchSize = SIDE_BY_SIDE,
): Generator<undefined, number> {
  let [sum, rows] = [0, 0];
  for (const batch of batches(examples, { batchSize })) {
    const plan = prepare(interior, batch, false);
    plan.run.forward(0, plan.layout.steps);
    const count = plan.run.output.layout.rows;
    if (count > 0) sum += lossOf(interior, plan, batch, loss) * count;
    rows += count;
    yield;
  }
  return rows === 0 ? 0 : sum / rows;
}
