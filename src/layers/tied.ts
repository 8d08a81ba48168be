import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";
import { definitionOf, type Layer, specify } from "./layer.js";

/** A path of parameters, as they are called in a model. */
const PATH = /^[\w-]+(\.[\w-]+)*$/;

/**
 * A layer, or a network, with parameters that are those of another place: one set of values, to which every place adds its
 * gradient. They count once in `parameters`, files and updates; `freeze` and `setRates` at either path mean both.
 * Everything else stays each layer's own: states, dropout, and what is not tied.
 *
 * @param layer what gets the parameters: of the same shapes, else it may differ in all options
 * @param to path of a layer in the model, all of whose parameters of the same names it gets; or single ones, by their names
 *   below `layer`: paths of parameters
 * @example
 * const shared = sequential(lstm(32, { name: "rnn" }), tied(lstm(32), "rnn"), dense(1));   // one layer, applied twice
 * const letters = sequential(
 *   embedding(80, 64, { name: "letters" }),
 *   lstm(64),
 *   tied(dense(80), { weight: "letters.weight" }),   // its bias stays its own
 * );
 * const siblings = tied(bidirectional(gru(16), { name: "rnn" }), { weight_ih_l0_reverse: "rnn.weight_ih_l0" });
 * @throws ArgumentError when it is no layer, tied already, or `to` is no path; where a model is made, ArgumentError when a path leads
 *   nowhere or back to itself, ShapeError when shapes differ
 */
export function tied<Config extends object>(
  layer: Layer<Config>,
  to: string | Readonly<Record<string, string>>,
): Layer<Config> {
  const definition = definitionOf(layer as Layer);
  if (layer.tied !== undefined)
    throw new ArgumentError(`${definition.describe(layer.config)} is tied already, to ${JSON.stringify(layer.tied)}.`);
  const isTable = typeof to === "object" && to !== null && !Array.isArray(to) && Object.keys(to).length > 0;
  const paths: unknown[] = isTable ? Object.values(to) : [to];
  const bad = paths.findIndex((path) => typeof path !== "string" || !PATH.test(path));
  if (bad >= 0)
    throw new ArgumentError(
      `tied wants the path of a layer such as "rnn", or of parameters such as { weight: "words.weight" }, received ${describe(paths[bad])}.`,
    );
  return specify(definition, layer.config, layer.name, isTable ? Object.freeze({ ...to }) : to) as Layer<Config>;
}
