import { ArgumentError, ShapeError } from "../errors.js";
import { describe, sameShape, show } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { definitionOf, type Layer, specify } from "./layer.js";

/** A path of parameters, as they are called in a model. */
const PATH = /^[\w-]+(\.[\w-]+)*$/;

/** The path of a layer, or paths of parameters by the names of those that are to be them. */
type Paths = NonNullable<Layer["tied"]>;

/**
 * A layer, or a network, with parameters that are those of another place: one set of values, which begin as that place says,
 * and to which every place adds its gradient. They count once in `parameters`, files and updates; `freeze` and `setRates` at
 * either path mean both. Everything else stays each layer's own: states, dropout, and what is not tied.
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
 * const sides = { cell: "gru", vocabularySize: 60, targetVocabularySize: 60, units: 32, start: 1, stop: 2 } as const;
 * const translator = tied(encoderDecoder(sides), { "decoder.embedding.weight": "encoder.embedding.weight" });
 * @throws ArgumentError when it is no layer, tied already, or `to` is no path; where a model is made, ArgumentError when a path leads
 *   nowhere or back to itself, ShapeError when shapes differ
 */
export function tied<Config extends object>(
  layer: Layer<Config>,
  to: string | Readonly<Record<string, string>>,
): Layer<Config> {
  const { describe: say, ...definition } = definitionOf(layer as Layer);
  if (layer.tied !== undefined)
    throw new ArgumentError(`${say(layer.config)} already, received a second path, ${describe(to)}.`);
  const own = requirePaths(to);
  const tying = {
    ...definition,
    describe: (config: object) => `${say(config)}, tied${listOf(own)}`,
    tie: (specs: readonly ParameterSpec[], prefix: string) => tie(specs, prefix, own),
  };
  return specify(tying, layer.config, layer.name, own) as Layer<Config>;
}

/** A copy that nobody can change. @throws ArgumentError when one is no path, or there is none */
function requirePaths(to: Paths): Paths {
  const isTable = typeof to === "object" && to !== null && !Array.isArray(to) && Object.keys(to).length > 0;
  const own = isTable ? Object.freeze({ ...to }) : to;
  const paths: unknown[] = isTable ? Object.values(own) : [to];
  const bad = paths.findIndex((path) => typeof path !== "string" || !PATH.test(path));
  if (bad < 0) return own;
  throw new ArgumentError(
    `tied wants the path of a layer such as "rnn", or of parameters such as { weight: "words.weight" }, received ${describe(paths[bad])}.`,
  );
}

/** ` to rnn`, `: weight = words.weight`. */
function listOf(to: Paths): string {
  if (typeof to === "string") return ` to ${to}`;
  const pairs = Object.entries(to).map((pair) => pair.join(" = "));
  return `: ${pairs.join(", ")}`;
}

/** The parameters of a layer, of which some are to be others; one that is tied already, further inside, stays so. */
function tie(specs: readonly ParameterSpec[], prefix: string, to: Paths): ParameterSpec[] {
  const local = ({ name }: ParameterSpec) => name.slice(prefix.length);
  const known = specs.map(local);
  const unknown = typeof to === "string" ? undefined : Object.keys(to).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ArgumentError(`tied: the layer has no parameter "${unknown}". It has ${known.join(", ")}.`);
  return specs.map((spec) => {
    const owner = typeof to === "string" ? `${to}.${local(spec)}` : to[local(spec)];
    return owner === undefined || spec.owner !== undefined ? spec : { ...spec, owner, settle };
  });
}

/** A tied parameter with the name of the one that has the values, however many lie between. */
function settle(this: ParameterSpec, all: ReadonlyMap<string, ParameterSpec>): ParameterSpec {
  const { name, shape } = this;
  let found: ParameterSpec = this;
  for (let hops = 0; found.owner !== undefined; hops++) {
    const { name: from, owner } = found;
    const next = all.get(owner);
    if (next === undefined)
      throw new ArgumentError(
        `tied: "${from}" is to be "${owner}", which the network does not have. It has ${[...all.keys()].join(", ")}.`,
      );
    if (hops > all.size) throw new ArgumentError(`tied: "${name}" is to be itself, by way of "${from}".`);
    found = next;
  }
  if (sameShape(found.shape, shape)) return { ...this, owner: found.name };
  throw new ShapeError(
    `tied: "${name}" has shape ${show(shape)}, but "${found.name}", which it is to be, has ${show(found.shape)}.`,
  );
}
