import { ArgumentError } from "../errors.js";
import { interiorOf } from "../models/interior.js";
import type { Model } from "../models/model.js";
import { describe, requireKnownOptions, requireNumber } from "../shape.js";
import type { Parameter } from "../tensor/parameters.js";

/** Beyond this a step that float32 can just hold would leave its range. */
const MOST = 1e6;

/** What is special about some parameters; what is left out stays as it was. */
export interface RateFactors {
  /** Factor of the learning rate, from 0 to 1e6; 1 at first. */
  readonly rate?: number;
  /** Factor of the weight decay, from 0 to 1e6; 1 at first. */
  readonly decay?: number;
}

/**
 * Gives parameters a learning rate and a weight decay of their own, as factors of what optimizer and schedule say: slower
 * pretrained layers, no decay of biases. Every optimizer of the model follows from its next update on. Files of trainers
 * and of models keep them.
 *
 * @param which one parameter or all below a path, as `freeze` takes it; or what picks them
 * @example
 * setRates(model, "encoder", { rate: 0.1 });
 * setRates(model, ({ shape }) => shape.length < 2, { decay: 0 });   // biases, gains of normalisation
 * @throws ArgumentError when there is nothing at the path, or a factor is out of range; StateError before sizes are known
 */
export function setRates(
  model: Model,
  which: string | ((parameter: Parameter) => boolean),
  factors: RateFactors,
): void {
  if (typeof which !== "string" && typeof which !== "function")
    throw new ArgumentError(`setRates wants a path or a function of a parameter, received ${describe(which)}.`);
  requireKnownOptions("setRates", factors, ["rate", "decay"]);
  const { rate, decay } = factors;
  if (rate !== undefined) requireNumber("rate of setRates", rate, 0, MOST);
  if (decay !== undefined) requireNumber("decay of setRates", decay, 0, MOST);
  const { parameters } = interiorOf(model);
  const handles = parameters.handles();
  const found =
    typeof which === "string"
      ? parameters.at(which)
      : parameters.entries.filter((_, index) => which(handles[index] as Parameter));
  for (const entry of found) {
    entry.rate = rate ?? entry.rate;
    entry.decay = decay ?? entry.decay;
  }
  parameters.rangesVersion++;
}
