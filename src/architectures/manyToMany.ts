import { dense } from "../layers/dense.js";
import { type Layer, specify } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import { requireKnownOptions } from "../shape.js";
import { composed } from "./composed.js";
import { checkStack, inputWidth, lastDropout, recurrentStack, type StackOptions, stackOptionNames } from "./stack.js";

/** Configuration of an aligned many-to-many network. */
export interface ManyToManyOptions extends StackOptions {
  /** Outputs of the dense layer at every step. */
  readonly outputSize: number;
}

/** A sequence in, an answer at every step: recurrent layers, a dense layer. */
export const manyToManyDefinition = /* @__PURE__ */ composed<ManyToManyOptions>({
  type: "manyToMany",
  expand: (config) =>
    sequential(...recurrentStack(config), ...lastDropout(config), dense(config.outputSize, { name: "head" })),
  inputSize: inputWidth,
  make: (config) => manyToMany(config),
  describe: (config) => `manyToMany(${config.cell} ${config.units})`,
});

/**
 * A sequence in, an answer at each of its steps: [batch, time, inputSize], or tokens [batch, time], give
 * [batch, time, outputSize]. A bidirectional one sees the whole sequence before each answer, so it cannot stream.
 *
 * @example
 * const tagger = new Model(manyToMany({ cell: "lstm", vocabularySize: 5000, units: 64, outputSize: 17, bidirectional: true }));
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function manyToMany(options: ManyToManyOptions): Layer<ManyToManyOptions> {
  requireKnownOptions("manyToMany", options, [...stackOptionNames, "outputSize"]);
  checkStack("manyToMany", options);
  manyToManyDefinition.output(options, { width: inputWidth(options), each: "step" });
  return specify(manyToManyDefinition, { ...options });
}
