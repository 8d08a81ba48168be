import { batches } from "../data/batches.js";
import { type Data, type Dataset, dataset } from "../data/dataset.js";
import type { Model } from "../models/model.js";
import type { Plan } from "../models/plan.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { objectiveFor } from "./learner.js";
import { type AnyLoss, requireLoss } from "./lossFunction.js";
import { Meter, type Metric, requireMetrics } from "./metric.js";
import type { Objective } from "./objective.js";

/** Sequences that are measured side by side where nothing else is said. */
const SIDE_BY_SIDE = 64;

/** How a model is measured. */
export interface EvaluateOptions {
  /** What is averaged over the data. */
  readonly loss: AnyLoss;
  /**
   * Sequences side by side; default 64. The loss hardly depends on it: only by the rounding of a sum in float64. (With label
   * smoothing, a batch whose targets all are of classes of weight 0 counts for nothing, as beside others it would not.)
   */
  readonly batchSize?: number;
  /** What is measured beside the loss, such as `[accuracy]`; default nothing. */
  readonly metrics?: readonly Metric[];
}

/** What was measured. */
export interface Evaluation {
  /** The mean loss over all output rows by what they count for, however the data is cut into batches. */
  readonly loss: number;
  /** The metrics asked for, by name. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/**
 * The mean loss over data, with the weights as they are; nothing changes.
 *
 * @param data what `fit` takes: `{ input, target }`, or windows of a series
 * @param options `loss`; `metrics` such as `accuracy`, and how many sequences are measured at once
 * @example
 * const { loss } = evaluate(model, test, { loss: meanSquaredError });
 * @throws ShapeError, ArgumentError when data, model and loss do not fit
 */
export function evaluate(
  model: Model,
  data: Data | Dataset,
  options: EvaluateOptions & { readonly metrics: readonly Metric[] },
): Required<Evaluation>;
export function evaluate(model: Model, data: Data | Dataset, options: EvaluateOptions): Evaluation;
export function evaluate(model: Model, data: Data | Dataset, options: EvaluateOptions): Evaluation {
  requireKnownOptions("evaluate", options, ["loss", "batchSize", "metrics"]);
  const loss = requireLoss(options.loss);
  const batchSize = requireInteger("batchSize", options.batchSize ?? SIDE_BY_SIDE);
  const metrics = options.metrics === undefined ? undefined : requireMetrics(options.metrics, loss);
  const objective = objectiveFor(model, dataset(data), loss);
  const meter = metrics && new Meter(metrics, objective.interior.output, loss);
  const measuring = measure(objective, batchSize, meter);
  let step = measuring.next();
  while (!step.done) step = measuring.next();
  return { loss: step.value, ...(meter && { metrics: meter.values }) };
}

/** Measures a batch at every step, whose plan it gives, and at last the mean loss. */
export function* measure(objective: Objective, batchSize = SIDE_BY_SIDE, meter?: Meter): Generator<Plan, number> {
  let [sum, total] = [0, 0];
  for (const batch of batches(objective.data, { batchSize })) {
    const plan = objective.prepare(batch.examples, false);
    plan.run.forward(0, plan.layout.steps);
    if (plan.run.output.layout.rows > 0) {
      const value = objective.loss(plan, batch.examples);
      sum += value * objective.count;
      total += objective.count;
    }
    if (meter !== undefined) objective.interior.lend(() => meter.take(plan, batch));
    yield plan;
  }
  return total === 0 ? 0 : sum / total;
}
