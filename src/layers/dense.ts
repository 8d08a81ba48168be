import { type Activation, activation, squashing } from "../activations.js";
import { type InitializerName, initializer } from "../initializers.js";
import { requireFlag, requireInteger, requireKnownOptions } from "../shape.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { DensePlan as P } from "../wasm/generated/plan.js";
import { floats } from "../wasm/memory.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";
import { newRows } from "./moveRows.js";
import { inputScratch } from "./scratch.js";
import { writeStruct } from "./writeStruct.js";

/** Options of a dense layer. */
export interface DenseOptions {
  /** Name in paths and files. */
  readonly name?: string;
  /** f in y = f(W x + b); default `linear`. */
  readonly activation?: Activation;
  /** Whether there is a bias; default true. */
  readonly bias?: boolean;
  /** Initial values of the weight; default `glorot`. */
  readonly initializer?: InitializerName;
  /** Initial values of the bias; default `zeros`. */
  readonly biasInitializer?: InitializerName;
}

/** Configuration of a dense layer as it is saved. */
export interface DenseConfig extends Required<Omit<DenseOptions, "name">> {
  /** Features of its output. */
  readonly units: number;
}

/** Dense layer: `assembly/layers/dense.ts`. */
export const denseDefinition: LayerDefinition<DenseConfig> = {
  type: "dense",
  output: (config, input) => ({ width: config.units, each: input.each, ...squashing(config.activation) }),
  takesTokens: () => true,
  parameters(config, input) {
    const fill =
      (name: InitializerName) => (address: number, shape: readonly number[], key: readonly [number, number]) =>
        initializer(name)(address, shape, key, input.width);
    const weight = { name: "weight", shape: [config.units, input.width], initialize: fill(config.initializer) };
    const bias = { name: "bias", shape: [config.units], initialize: fill(config.biasInitializer) };
    return config.bias ? [weight, bias] : [weight];
  },
  plan: planDense,
  make: ({ units, ...options }, name) => dense(units, { ...options, name }),
  describe: (config) => `dense(${config.units})`,
};

/**
 * A dense layer on every row: input [batch, time, I] or [batch, I] gives [batch, time, units] or [batch, units].
 *   y = f(W x + b),  W [units, I]
 * Before `crossEntropy` and `binaryCrossEntropy` it needs no activation: they take logits.
 *
 * @example
 * const model = new Model(sequential(lstm(64), lastStep(), dense(1)), { inputSize: 8 });
 * @throws ArgumentError when an option is unknown or out of range
 */
export function dense(units: number, options: DenseOptions = {}): Layer<DenseConfig> {
  requireInteger("units of dense", units, 1, 65536);
  const owner = `dense(${units})`;
  requireKnownOptions(owner, options, ["name", "activation", "bias", "initializer", "biasInitializer"]);
  const {
    activation: chosen = "linear",
    bias = true,
    initializer: weights = "glorot",
    biasInitializer = "zeros",
  } = options;
  requireFlag(`bias of ${owner}`, bias);
  activation(chosen);
  initializer(weights);
  initializer(biasInitializer);
  return specify(
    denseDefinition,
    { units, activation: chosen, bias, initializer: weights, biasInitializer },
    options.name,
  );
}

function planDense(config: DenseConfig, input: Rows, planner: Planner): LayerRun {
  const { layout } = input;
  const { plan, output } = writePlan(config, input, planner);
  const { densePack, denseForward, denseBackward, denseGradients } = core();
  return {
    output,
    states: [],
    pack: () => densePack(plan, planner.training ? 1 : 0),
    begin() {},
    forward: (from, to) => denseForward(plan, layout.firstRow(from), layout.firstRow(to)),
    backward: (from, to) => denseBackward(plan, layout.firstRow(from), layout.firstRow(to)),
    gradients: (from, to) => denseGradients(plan, layout.firstRow(from), layout.firstRow(to)),
  };
}

function writePlan(config: DenseConfig, input: Rows, planner: Planner): { plan: number; output: Rows } {
  const { region, training } = planner;
  const output = newRows(region, input.layout, config.units, training);
  const { code, alpha, beta, saves } = activation(config.activation);
  const keepsInput = saves === "input" && training;
  const fields: Fields = {
    ...rowFields(config, input, output),
    ...parameterFields(config, input, planner),
    a: keepsInput ? newRows(region, input.layout, config.units, false).address : output.address,
    activation: code,
  };
  const plan = writeStruct(region, P, fields);
  floats[(plan >> 2) + P.alpha] = alpha;
  floats[(plan >> 2) + P.beta] = beta;
  return { plan, output };
}

/** Fields of the core's struct by name. */
type Fields = Partial<Record<keyof typeof P, number>>;

function rowFields({ units }: DenseConfig, input: Rows, output: Rows): Fields {
  return {
    inputSize: input.width,
    outputSize: units,
    x: input.address,
    xStride: input.stride,
    tokens: input.tokens ?? 0,
    dX: input.gradient,
    dXStride: input.gradientStride,
    y: output.address,
    yStride: output.stride,
    dY: output.gradient,
    dYStride: output.gradientStride,
  };
}

/** Parameters, and room for their packed copies and their gradients. */
function parameterFields(config: DenseConfig, input: Rows, planner: Planner): Fields {
  const { region, training } = planner;
  const width = padded(config.units);
  const weight = planner.parameter("weight");
  const bias = config.bias ? planner.parameter("bias") : { value: 0, gradient: 0 };
  return {
    weight: weight.value,
    bias: bias.value,
    dWeight: weight.gradient,
    dBias: bias.gradient,
    panels: region.words(Math.ceil(width / 8) * 8 * input.width),
    back: training && input.gradient !== 0 ? region.words(Math.ceil(input.width / 8) * 8 * width) : 0,
    row: region.words(width),
    scratch: training ? inputScratch(region, width, input) : 0,
  };
}
