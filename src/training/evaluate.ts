import { batches } from "../data/batches.js";
import { type Data, type Dataset, dataset } from "../data/dataset.js";
import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { lossOf, prepare } from "./learner.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";

/** How a model is measured. */
export interface EvaluateOptions {
  readonly loss: AnyLoss;
  /** Sequences side by side; default 64. */
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
  const batchSize = requireInteger("batchSize", options.batchSize ?? 64);
  const interior = interiorOf(model, dataset(data).input.width);
  let [sum, rows] = [0, 0];
  for (const batch of batches(data, { batchSize })) {
    const plan = prepare(interior, batch, false);
    plan.run.forward(0, plan.layout.steps);
    const count = plan.run.output.layout.rows;
    if (count === 0) continue;
    sum += lossOf(interior, plan, batch, loss) * count;
    rows += count;
  }
  return { loss: rows === 0 ? 0 : sum / rows };
}
