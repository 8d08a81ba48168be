import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { requireInteger, requireKnownOptions } from "../shape.js";
import { requireWords } from "./svg.js";
import { drawPhases } from "./unrolledFigure.js";
import { phasesOf } from "./unrolledParts.js";

/** How a network is drawn. */
export interface DrawOptions {
  /** Time steps that are shown; default 4. A network without a recurrent layer is the same at every step: one is shown. */
  readonly steps?: number;
  /** Words above it; default none. */
  readonly title?: string;
  /** A smaller line below the title; default the number of steps. */
  readonly subtitle?: string;
}

/**
 * A network unfolded in time, as a stand-alone SVG: a column for each time step, a row for each layer, widths on the arrows.
 * Rows of one colour share their weights at every step. It brings its own background and needs no font of its own.
 *
 * @param options `steps` (default 4), `title`, `subtitle`
 * @example
 * const svg = drawUnrolled(model, { steps: 4, title: "Many to one" });
 * @throws ArgumentError when it is no model or an option is unknown or out of range
 * @throws StateError when the model was disposed or its sizes are not yet known
 */
export function drawUnrolled(model: Model, options: DrawOptions = {}): string {
  requireKnownOptions("drawUnrolled", options, ["steps", "title", "subtitle"]);
  const steps = requireInteger("steps of drawUnrolled", options.steps ?? 4, 1, 64);
  requireWords("drawUnrolled", options);
  const { layer, inputSize } = interiorOf(model);
  const { title = "", subtitle = `Unfolded over ${steps} time step${steps === 1 ? "" : "s"}` } = options;
  return drawPhases(phasesOf(layer, { width: inputSize, each: "step" }), steps, { title, subtitle });
}
