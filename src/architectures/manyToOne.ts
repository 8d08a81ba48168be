import { dense } from "../layers/dense.js";
import { finalState } from "../layers/finalState.js";
import { lastStep } from "../layers/lastStep.js";
import { type Layer, specify } from "../layers/layer.js";
import { max, mean } from "../layers/poolSteps.js";
import { sequential } from "../layers/sequential.js";
import { requireKnownOptions, requireOneOf } from "../shape.js";
import { composed } from "./composed.js";
import { checkStack, inputWidth, lastDropout, recurrentStack, type StackOptions, stackOptionNames } from "./stack.js";

/** Configuration of a many-to-one network. */
export interface ManyToOneOptions extends StackOptions {
  /** Outputs of the dense layer at the end. */
  readonly outputSize: number;
  /**
   * What is taken of each sequence: `"last"` (default), the state after its last step, of the backward direction that after
   * its first; or the `"mean"` or the largest value, `"max"`, of each feature over its steps.
   */
  readonly pool?: "last" | "mean" | "max";
}

const pools = { last: lastStep, mean, max };

/** A sequence in, one answer out: recurrent layers, one row for each sequence, a dense layer. */
export const manyToOneDefinition = /* @__PURE__ */ composed<ManyToOneOptions>({
  type: "manyToOne",
  expand: (config) =>
    sequential(
      ...recurrentStack(config),
      poolOf(config),
      ...lastDropout(config),
      dense(config.outputSize, { name: "head" }),
    ),
  inputSize: inputWidth,
  make: (config) => manyToOne(config),
  describe: (config) => `manyToOne(${config.cell} ${config.units})`,
});

/** The backward direction has read the last step alone there: both directions' ends are what is known of a sequence. */
function poolOf({ pool = "last", bidirectional = false }: ManyToOneOptions): Layer {
  return pool === "last" && bidirectional ? finalState() : pools[pool]();
}

/**
 * A sequence in, one answer out: [batch, time, inputSize], or tokens [batch, time], give [batch, outputSize].
 *
 * @example
 * const model = new Model(manyToOne({ cell: "elman", inputSize: 1, units: 16, outputSize: 1, activation: "tanh" }));
 * manyToOne({ cell: "lstm", vocabularySize: 60, units: 64, outputSize: 18, layers: 2, bidirectional: true, dropout: 0.2 });
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function manyToOne(options: ManyToOneOptions): Layer<ManyToOneOptions> {
  requireKnownOptions("manyToOne", options, [...stackOptionNames, "outputSize", "pool"]);
  checkStack("manyToOne", options);
  if (options.pool !== undefined) requireOneOf("pool of manyToOne", options.pool, Object.keys(pools));
  manyToOneDefinition.output(options, { width: inputWidth(options), each: "step" });
  return specify(manyToOneDefinition, { ...options });
}
