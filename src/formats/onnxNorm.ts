import { layerNorm } from "../layers/layerNorm.js";
import { elements } from "../shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { fitsSize, sizesOf } from "./onnxAxes.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, biasOf, hasRows, withLayer } from "./onnxLayers.js";
import { axisOf, numberOf } from "./onnxNode.js";
import type { Flow, Note, OnnxLayer, OnnxValue } from "./onnxValues.js";

/** Rows normalised over their features, with a gain and a shift, or without what comes behind. */
export function normalize(
  node: OnnxNode,
  [given, scale, shift]: readonly (OnnxValue | undefined)[],
  note: Note,
): Flow | undefined {
  const flow = asFlow(node, given, note);
  if (flow === undefined) return undefined;
  const axis = axisOf(node, numberOf(node, "axis", -1), flow.axes.length);
  if (axis !== flow.axes.length - 1 || !hasRows(flow)) return note(node, "over other axes than that of the features");
  const isOpen = flow.features.some((atom) => atom.isOpen);
  const ones = isOpen ? undefined : OnnxConstant.of(Float32Array.of(1)).spread(sizesOf([flow.features]));
  const gain = scale ?? ones;
  const width = gain instanceof OnnxConstant ? elements(gain.shape) : 0;
  const [W, B] = [gain, shift].map((one) => (one instanceof OnnxConstant ? biasOf(one, width) : undefined));
  if (W === undefined || (shift !== undefined && B === undefined) || !fitsSize(flow.features, width))
    return note(node, "with anything but a number for each feature");
  return withLayer(flow, normLayer(node, W, B, scale === undefined));
}

/** y = W ⊙ x̂ + B. @param lacksGain whether the gain may come behind */
function normLayer(node: OnnxNode, W: Tensor, B?: Tensor, lacksGain = false): OnnxLayer {
  const [epsilon, bias] = [numberOf(node, "epsilon", 1e-5), B !== undefined];
  return {
    node,
    weights: B === undefined ? { W } : { W, B },
    inputSize: W.shape[0] as number,
    make: ({ name }) => layerNorm({ name, epsilon, bias }),
    lacks: {
      ...(!bias && { Add: (values) => normLayer(node, W, values) }),
      ...(lacksGain && !bias && { Mul: (values) => normLayer(node, values) }),
    },
  };
}
