import { elements } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { merged } from "./onnxBranches.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, biasOf, completed, isTracked, throughDense, withActivation } from "./onnxLayers.js";
import { numberOf } from "./onnxNode.js";
import { isShares, weighed } from "./onnxShares.js";
import type { Flow, Note, OnnxValue, Shares } from "./onnxValues.js";

/** The largest float32, beyond which no value lies. */
const LARGEST = 3.4028234663852886e38;

/** α and β of αx + β. */
interface Affine {
  readonly alpha?: number;
  readonly beta?: number;
}

/** What an operator makes of data and one number, which may come first; undefined for what is no αx + β. */
const AFFINE: Readonly<Record<string, (value: number, isFirst: boolean) => Affine | undefined>> = {
  Add: (beta) => ({ beta }),
  Div: (value, isFirst) => (isFirst ? undefined : { alpha: 1 / value }),
  Mul: (alpha) => ({ alpha }),
  Sub: (value, isFirst) => (isFirst ? { alpha: -1, beta: value } : { beta: -value }),
};

/** Names of the operators that `arithmetic` reads. */
export const ARITHMETIC: readonly string[] = /* @__PURE__ */ Object.keys(AFFINE);

/** Values held between bounds, each an attribute in earlier versions; one that is left out holds nothing back. */
export function clip(node: OnnxNode, inputs: readonly (OnnxValue | undefined)[], note: Note): Flow | undefined {
  const [data, ...bounds] = inputs;
  const [alpha, beta] = [
    boundOf(bounds[0], numberOf(node, "min", -LARGEST)),
    boundOf(bounds[1], numberOf(node, "max", LARGEST)),
  ];
  if (alpha === undefined || beta === undefined) return note(node, "to bounds that are no constant numbers");
  const flow = asFlow(node, data, note);
  return flow && withActivation(node, flow, { type: "hardTanh", alpha, beta });
}

function boundOf(input: OnnxValue | undefined, fallback: number): number | undefined {
  if (input === undefined) return fallback;
  return input instanceof OnnxConstant && input.isFloat ? input.uniform() : undefined;
}

/** x σ(x), or x times its hard sigmoid of slope 1/6, where the second is that of the first. */
function gated(node: OnnxNode, x: OnnxValue | undefined, gate: OnnxValue | undefined): Flow | undefined {
  const isFlow = (value: OnnxValue | undefined): value is Flow => isTracked(value) && value.kind === "flow";
  if (node.operator !== "Mul" || !isFlow(x) || !isFlow(gate) || gate.axes !== x.axes) return undefined;
  const { activation, to } = gate.layers.at(-1)?.applied ?? {};
  if (to !== x) return undefined;
  if (activation === "sigmoid") return withActivation(node, x, "silu");
  const isHard = typeof activation === "object" && activation.type === "hardSigmoid";
  const { alpha = 0.2, beta = 0.5 } = isHard ? activation : {};
  return alpha === Math.fround(1 / 6) && beta === 0.5 ? withActivation(node, x, "hardSwish") : undefined;
}

/** Data and a constant: what the layer before it lacks, or one number for all values. */
export function arithmetic(
  node: OnnxNode,
  inputs: readonly (OnnxValue | undefined)[],
  note: Note,
): Flow | Shares | undefined {
  const [first, second] = inputs;
  const isFirst = first instanceof OnnxConstant;
  const [constant, data] = isFirst ? [first, second] : [second, first];
  if (inputs.some(isShares)) return weighed(node, inputs, note);
  if (!(constant instanceof OnnxConstant))
    return gated(node, first, second) ?? gated(node, second, first) ?? merged(node, inputs, note);
  const flow = asFlow(node, data, note);
  if (flow === undefined) return undefined;
  const whole = flow.layers.at(-1)?.lacks?.[node.operator];
  if (whole !== undefined) return completed(node, flow, whole, constant, note);
  const make = (value: number) => AFFINE[node.operator]?.(value, isFirst);
  const isOne = elements(constant.shape) === 1 && constant.shape.length <= flow.axes.length;
  const value = isOne && constant.isFloat ? constant.uniform() : undefined;
  const affine = value === undefined ? undefined : make(value);
  if (affine !== undefined) return withActivation(node, flow, { type: "affine", ...affine });
  const values = isOne || !constant.isFloat ? undefined : biasOf(constant, constant.shape.at(-1) as number);
  const each = Array.from(values?.data ?? [], make);
  if (constant.shape.length > flow.axes.length || each.length === 0 || each.includes(undefined))
    return note(node, "of a constant, but for one number, or one a feature");
  return scaled(node, flow, each as Affine[], note);
}

/** −x. */
export function negate(node: OnnxNode, [data]: readonly (OnnxValue | undefined)[], note: Note): Flow | undefined {
  const flow = asFlow(node, data, note);
  return flow && withActivation(node, flow, { type: "affine", alpha: -1 });
}

/** γ (x − mean) / √(variance + epsilon) + β, with the statistics of a training. */
export function normalizeFeatures(
  node: OnnxNode,
  [data, ...given]: readonly (OnnxValue | undefined)[],
  note: Note,
): Flow | undefined {
  const flow = asFlow(node, data, note);
  if (flow === undefined) return undefined;
  if (numberOf(node, "training_mode", 0) !== 0) return note(node, "in training: export the model after model.eval()");
  const [gamma, beta, mean, variance] = given.map((each) =>
    each instanceof OnnxConstant ? each.tensor()?.data : undefined,
  );
  const parts = [gamma, beta, mean, variance];
  if (parts.some((part) => part === undefined || part.length !== gamma?.length))
    return note(node, "of statistics that are no constants of one length");
  const at = (part: Float32Array | undefined, feature: number) => part?.[feature] as number;
  const each = Array.from(gamma as Float32Array, (factor, feature): Affine => {
    const alpha = factor / Math.sqrt(at(variance, feature) + numberOf(node, "epsilon", 1e-5));
    return { alpha, beta: at(beta, feature) - alpha * at(mean, feature) };
  });
  return scaled(node, flow, each, note);
}

/** αx + β of each feature: a dense layer that has only a diagonal. */
function scaled(node: OnnxNode, flow: Flow, each: readonly Affine[], note: Note): Flow | undefined {
  const units = each.length;
  const W = new Float32Array(units * units);
  for (const [feature, { alpha = 1 }] of each.entries()) W[feature * (units + 1)] = alpha;
  const B = Float32Array.from(each, ({ beta = 0 }) => beta);
  const found = throughDense(node, flow, new Tensor(W, [units, units]), new Tensor(B, [units]), note);
  return (
    found && {
      ...found,
      layers: found.layers.map((layer, at, all) => (at < all.length - 1 ? layer : { ...layer, isFixed: true })),
    }
  );
}
