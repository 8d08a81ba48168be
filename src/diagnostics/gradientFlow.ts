import { asBatch, type Batch } from "../data/batches.js";
import type { Data, Dataset } from "../data/dataset.js";
import { ArgumentError } from "../errors.js";
import type { Interior } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions, requireNumber } from "../shape.js";
import { normOf } from "../training/clipGradients.js";
import { objectiveFor } from "../training/learner.js";
import { type AnyLoss, requireLoss } from "../training/lossFunction.js";
import { type Clipping, clipping, fillGradients, type ParameterShare, parameterShares } from "./gradientShares.js";
import { type LossPass, passTo } from "./lossPasses.js";
import { type RecurrentPlace, recurrentLayers } from "./recurrentLayers.js";
import { type BlockRadius, blockRadii } from "./recurrentMatrices.js";
import { type GateSaturation, gateSaturation } from "./saturation.js";
import { type TimeNorms, timeNorms } from "./timeNorms.js";
import { untouchedGradients } from "./untouchedGradients.js";
import { horizonOf, verdictOnClipping, verdictOnTime, warnings } from "./verdict.js";

/** How a loss's gradient travels back through time, and what it meets on its way. */
export interface GradientFlow {
  /** ‖∂L/∂h_t‖ over the batch at each time step, first to last, of the first recurrent layer. */
  readonly byStep: Float64Array;
  /**
   * The same by lag, of the error at each sequence's last step alone: entry 0 is that step, entry k the step k before it.
   * For a network with one answer a sequence the two are the same, one the other's reverse.
   */
  readonly byLag: Float64Array;
  /** Steps back until the norm falls below a hundredth of its largest and stays there; all of them if it never does. */
  readonly memoryHorizon: number;
  /** A few sentences on what that means, and what to do. */
  readonly verdict: string;
  /** The loss of the batch. */
  readonly loss: number;
  /** Every recurrent layer, each direction one, in the order of the network. */
  readonly layers: readonly LayerFlow[];
  /** Every parameter's part in the gradient. */
  readonly parameters: readonly ParameterShare[];
  /** What clipping would do. */
  readonly clipping: Clipping;
}

/** The same of one recurrent layer in one direction. */
export interface LayerFlow {
  /** Its path in the network. */
  readonly path: string;
  /** What it is: `lstm(64, reverse)`. */
  readonly layer: string;
  /** Whether it reads each sequence from its end. */
  readonly isReversed: boolean;
  /** For each state vector, hidden state first. A reverse layer's steps are in the order of time, its lags in that of reading. */
  readonly states: readonly TimeNorms[];
  /** Horizon of the hidden state. */
  readonly memoryHorizon: number;
  /** Gates and candidates, as they are in a prediction of the batch; empty for networks that answer at steps of their own. */
  readonly saturation: readonly GateSaturation[];
  /** Blocks of the recurrent weights. */
  readonly spectralRadius: readonly BlockRadius[];
  /** What the figures of this layer say, in a few sentences. */
  readonly verdict: string;
}

/** What `gradientFlow` may be told. */
export interface GradientFlowOptions {
  /** The threshold that `clipping` asks about; default 1. */
  readonly clipNorm?: number;
  /** Sequences in each of the batches whose gradients are compared with it; default 32. */
  readonly batchSize?: number;
}

/**
 * How far back in time a batch's loss reaches: the norm of its gradient with respect to the states of every recurrent layer
 * at every step, and what weakens it: saturated gates, recurrent weights that shrink or stretch, clipping.
 * The model's weights, gradients and random numbers stay as they are. Each length among the sequences costs a pass of its
 * own, answers at every step a second one.
 *
 * @param options `clipNorm` (default 1) and `batchSize` (default 32) of the training that `clipping` looks at
 * @example
 * const { byLag, memoryHorizon, verdict } = gradientFlow(model, batch, meanSquaredError);
 * @throws ArgumentError, ShapeError when the model has no recurrent layer, or data, model, loss and options do not fit
 * @throws StateError when the loss is not finite
 */
export function gradientFlow(
  model: Model,
  batch: Batch | Data | Dataset,
  loss: AnyLoss,
  options: GradientFlowOptions = {},
): GradientFlow {
  requireLoss(loss);
  requireKnownOptions("gradientFlow", options, ["clipNorm", "batchSize"]);
  const clipNorm = requireNumber("clipNorm", options.clipNorm ?? 1, Number.MIN_VALUE);
  const batchSize = requireInteger("batchSize", options.batchSize ?? 32);
  const given = asBatch(batch);
  const interior = objectiveFor(model, given.data, loss).interior;
  const pass = passTo(interior, given, loss);
  const places = recurrentLayers(pass.plan);
  if (places.length === 0) throw new ArgumentError("gradientFlow needs a model with a recurrent layer.");
  const layers = layerFlows(interior, given, pass, places);
  const [first] = layers as [LayerFlow];
  const [{ byStep, byLag }] = first.states as [TimeNorms];
  const whole = untouchedGradients(interior, () => wholeGradient(interior, given, loss, { clipNorm, batchSize }));
  const verdict = [first.verdict, verdictOnClipping(whole.clipping)].filter((part) => part !== undefined).join(" ");
  return { byStep, byLag, memoryHorizon: first.memoryHorizon, verdict, loss: pass.loss, layers, ...whole };
}

function layerFlows(interior: Interior, batch: Batch, pass: LossPass, places: readonly RecurrentPlace[]): LayerFlow[] {
  const saturation = gateSaturation(pass.objective, batch.examples, places);
  const norms = timeNorms(pass, places);
  return places.map((place, index) => {
    const states = norms[index] as [TimeNorms];
    const [{ byLag }] = states;
    const memoryHorizon = horizonOf(byLag);
    const spectralRadius = blockRadii(interior, place);
    const gates = saturation[index] as GateSaturation[];
    return {
      path: place.path === "" ? "·" : place.path,
      layer: place.name,
      isReversed: place.state.isReversed,
      states,
      memoryHorizon,
      saturation: gates,
      spectralRadius,
      verdict: [verdictOnTime(byLag, memoryHorizon, place), ...warnings(gates, spectralRadius, place)].join(" "),
    };
  });
}

/** The gradient of all parameters, left in the model's room for gradients only while this runs. */
function wholeGradient(
  interior: Interior,
  batch: Batch,
  loss: AnyLoss,
  options: { readonly clipNorm: number; readonly batchSize: number },
): { readonly parameters: ParameterShare[]; readonly clipping: Clipping } {
  fillGradients(interior, batch, loss);
  const parameters = parameterShares(interior);
  return { parameters, clipping: clipping(interior, batch, loss, options, normOf(interior)) };
}
