import type { Activation } from "../activations.js";
import type { Json } from "./json.js";
import { type JsonObject, member } from "./kerasJson.js";
import { type KerasLayer, layerTitle } from "./kerasTopology.js";

/** What a layer of Keras applies to a row: a function of each feature, or one of all, which is a layer of its own here. */
export type KerasActivation = Activation | OverFeatures;

/** Softmax and its logarithm. */
type OverFeatures = "softmax" | "logSoftmax";

export function isOverFeatures(activation: KerasActivation): activation is OverFeatures {
  return activation === "softmax" || activation === "logSoftmax";
}

/** Keras's activations, by their names without `_` and in lower case. */
const ACTIVATIONS: Readonly<Record<string, KerasActivation>> = {
  elu: "elu",
  exponential: "exp",
  gelu: "gelu",
  gelunew: "geluTanh",
  hardsigmoid: "hardSigmoid",
  hardsilu: "hardSwish",
  hardswish: "hardSwish",
  hardtanh: "hardTanh",
  leakyrelu: { type: "leakyRelu", alpha: 0.2 },
  linear: "linear",
  logsigmoid: "logSigmoid",
  logsoftmax: "logSoftmax",
  mish: "mish",
  relu: "relu",
  relu6: "relu6",
  selu: "selu",
  sigmoid: "sigmoid",
  silu: "silu",
  softmax: "softmax",
  softplus: "softplus",
  softsign: "softsign",
  swish: "silu",
  tanh: "tanh",
};

/** From its version 3 on Keras's hard sigmoid is PyTorch's. */
const NEW_HARD_SIGMOID: Activation = { type: "hardSigmoid", alpha: 0.16666666666666666, beta: 0.5 };

/** Options that change no prediction: how weights began and are held in training, how a layer is computed, its input's shape. */
const WITHOUT_EFFECT =
  /^(name|trainable|batch_(input_)?shape|input_(shape|length|dtype)|sparse|ragged|optional|implementation|unroll|stateful|seed|unit_forget_bias|.*_(initializer|regularizer|constraint))$/;

/** Types that float32 stands for: others than that computed with fewer bits, or more, where they were trained. */
const DTYPES = /^(int32|(mixed_)?b?float\d\d)$/;

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * The options of one layer, each asked for once. What is missing or of another type is noted, and so is what nobody asked
 * for: no option of a file goes unread.
 */
export class KerasOptions {
  readonly #layer: KerasLayer;
  readonly #left: Map<string, Json>;
  readonly #problems: string[];
  readonly #version: string;

  constructor(layer: KerasLayer, version: string, problems: string[]) {
    this.#layer = layer;
    this.#version = version;
    this.#problems = problems;
    this.#left = new Map([...layer.config].map(([name, value]) => [snake(name), value]));
  }

  get name(): string {
    return this.#layer.name;
  }

  /** Whether training leaves the layer's weights alone. */
  get isFrozen(): boolean {
    return member(this.#layer.config, "trainable") === false;
  }

  /** Whether the file was written by TensorFlow.js's own layers. */
  get isOfTensorFlowJs(): boolean {
    return this.#version.startsWith("tfjs");
  }

  /** Notes what keeps the layer from being read. */
  note(problem: string): void {
    this.#problems.push(`${layerTitle(this.#layer)}: ${problem}`);
  }

  /** The value of an option, which counts as read; undefined where it is missing or null. */
  take(name: string): Json | undefined {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value ?? undefined;
  }

  boolean(name: string, otherwise = false): boolean {
    const value = this.take(name) ?? otherwise;
    if (typeof value !== "boolean") this.#wrong(name, value, "true or false");
    return value === true;
  }

  /** @param otherwise left out, the option must be there */
  number(name: string, otherwise?: number): number {
    const value = this.take(name) ?? otherwise;
    if (typeof value === "number") return value;
    this.#wrong(name, value, "a number");
    // Stands for a number until all problems are told.
    return 1;
  }

  /** @param otherwise left out, the option must be there */
  activation(name: string, otherwise?: string): KerasActivation {
    const value = this.take(name) ?? otherwise;
    const key = typeof value === "string" ? value.replaceAll("_", "").toLowerCase() : "";
    if (key === "hardsigmoid" && Number.parseInt(this.#version, 10) >= 3) return NEW_HARD_SIGMOID;
    if (Object.hasOwn(ACTIVATIONS, key)) return ACTIVATIONS[key] as KerasActivation;
    this.#wrong(name, value, "an activation that is known here");
    return "linear";
  }

  /** An activation that works on each feature alone. */
  pointwise(name: string, otherwise?: string): Activation {
    const found = this.activation(name, otherwise);
    if (!isOverFeatures(found)) return found;
    this.#wrong(name, found, "a function of each feature alone");
    return "linear";
  }

  /** The options of another layer of the same file. */
  of(layer: KerasLayer): KerasOptions {
    return new KerasOptions(layer, this.#version, this.#problems);
  }

  /** Leaves out those of another layer, which a file has here as well. */
  passOver({ config }: KerasLayer): void {
    for (const name of config.keys()) this.#left.delete(snake(name));
  }

  /** The layer inside a wrapper, under the wrapper's name: its weights go by that. */
  inner(name: string): KerasLayer | undefined {
    return this.#inside(name, this.take(name));
  }

  /** The layers inside a wrapper, likewise. */
  inners(name: string): KerasLayer[] {
    const value = this.take(name);
    if (!Array.isArray(value)) this.#wrong(name, value, "a list of layers");
    return Array.isArray(value) ? value.flatMap((each) => this.#inside(name, each) ?? []) : [];
  }

  #inside(name: string, value: Json | undefined): KerasLayer | undefined {
    const kind = value instanceof Map ? member(value, "class_name") : undefined;
    const config = value instanceof Map ? member(value, "config") : undefined;
    if (typeof kind === "string" && config instanceof Map) {
      const own = this.isFrozen ? new Map([...config, ["trainable", false]]) : config;
      return { name: this.name, kind, config: own, inbound: [] };
    }
    this.#wrong(name, value, "a layer");
    return undefined;
  }

  /** Notes every option that is left and may change what the layer gives. */
  close(): void {
    const dtype = this.take("dtype");
    const type = dtypeName(dtype);
    if (type !== undefined && !DTYPES.test(`${type}`)) this.#wrong("dtype", dtype, "float32");
    for (const [name, value] of this.#left) {
      if (value === null || value === false || WITHOUT_EFFECT.test(name)) continue;
      this.note(`option ${name} = ${told(value)} is not read`);
    }
  }

  #wrong(name: string, value: Json | undefined, wanted: string): void {
    this.note(`option ${name} must be ${wanted}, found ${told(value)}`);
  }
}

/** `"float32"`, or the policy that newer files have. */
function dtypeName(dtype: Json | undefined): unknown {
  const config = dtype instanceof Map ? member(dtype, "config") : undefined;
  return config instanceof Map ? member(config, "name") : dtype;
}

/** A value as errors show it. */
function told(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_, each) => (each instanceof Map ? Object.fromEntries(each as JsonObject) : each));
}
