import { FormatError } from "../errors.js";
import type { Shape } from "../shape.js";
import { MOST_AXES } from "./onnxAxes.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import type { OnnxTensor } from "./onnxTensor.js";

/** The node as errors call it. */
export function nodeTitle({ operator, domain, name, outputs }: OnnxNode): string {
  return `${domain === "" ? "" : `${domain}.`}${operator} "${name || outputs.find((output) => output !== "") || ""}"`;
}

function misfit(node: OnnxNode, attribute: string, wanted: string): FormatError {
  return new FormatError(`ONNX file: attribute ${attribute} of ${nodeTitle(node)} must be ${wanted}.`);
}

/** @throws FormatError when the attribute is there and no number */
export function numberOf(node: OnnxNode, attribute: string, fallback: number): number {
  const value = node.attributes.get(attribute) ?? fallback;
  if (typeof value !== "number") throw misfit(node, attribute, "a number");
  return value;
}

/** @throws FormatError when the attribute is there and no text */
export function textOf(node: OnnxNode, attribute: string, fallback: string): string {
  const value = node.attributes.get(attribute) ?? fallback;
  if (typeof value !== "string") throw misfit(node, attribute, "a text");
  return value;
}

/** A list of numbers, or what stands for one that is not there. @throws FormatError when it is something else */
export function numbersOf(node: OnnxNode, attribute: string): readonly number[] | undefined {
  const value = node.attributes.get(attribute);
  if (value === undefined || isListOf<number>(value, "number")) return value;
  throw misfit(node, attribute, "a list of numbers");
}

/** @throws FormatError when the attribute is there and no list of texts */
export function textsOf(node: OnnxNode, attribute: string): readonly string[] | undefined {
  const value = node.attributes.get(attribute);
  if (value === undefined || isListOf<string>(value, "string")) return value;
  throw misfit(node, attribute, "a list of texts");
}

function isListOf<Element extends number | string>(
  value: unknown,
  type: "number" | "string",
): value is readonly Element[] {
  const isOne =
    type === "number" ? (each: unknown) => typeof each === "number" : (each: unknown) => typeof each === "string";
  return Array.isArray(value) && value.every(isOne);
}

/** @throws FormatError when the attribute is there and no tensor */
export function tensorOf(node: OnnxNode, attribute: string): OnnxTensor | undefined {
  const value = node.attributes.get(attribute);
  if (value === undefined || (typeof value === "object" && "constant" in value)) return value;
  throw misfit(node, attribute, "a tensor");
}

/** A list that later versions have as an input and earlier ones as an attribute; undefined where it is not there. */
export function listOf(node: OnnxNode, attribute: string, input: unknown): readonly number[] | undefined {
  if (input === undefined) return numbersOf(node, attribute);
  const values = input instanceof OnnxConstant ? input.list() : undefined;
  if (values === undefined) throw misfit(node, attribute, "constant");
  return Array.from(values);
}

/** A number of an axis, counted from the end where it is negative. @throws FormatError when there is none */
export function axisOf(node: OnnxNode, axis: number, axes: number): number {
  const found = axis < 0 ? axis + axes : axis;
  if (Number.isInteger(found) && found >= 0 && found < axes) return found;
  throw new FormatError(`ONNX file: ${nodeTitle(node)} wants axis ${axis} of ${axes}.`);
}

/** Values from … to − 1 along an axis. */
export interface OnnxRange {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}

/** The ranges of a Slice, within their axes; undefined where its steps are not 1. */
export function rangesOf(node: OnnxNode, inputs: readonly unknown[], shape: Shape): OnnxRange[] | undefined {
  const [starts, ends] = [listOf(node, "starts", inputs[1]), listOf(node, "ends", inputs[2])];
  const axes = listOf(node, "axes", inputs[3]) ?? starts?.map((_, axis) => axis);
  if (starts === undefined || axes === undefined || ends?.length !== starts.length || axes.length !== starts.length)
    throw new FormatError(`ONNX file: ${nodeTitle(node)} must have as many starts as ends and axes.`);
  if (listOf(node, "steps", inputs[4])?.some((step) => step !== 1)) return undefined;
  return axes.map((given, index) => {
    const axis = axisOf(node, given, shape.length);
    const size = shape[axis] as number;
    const within = (at: number) => Math.min(size, Math.max(0, at < 0 ? at + size : at));
    return { axis, from: within(starts[index] as number), to: within(ends[index] as number) };
  });
}

/**
 * Places of the axes that a Squeeze takes out (all of length 1 where it names none), or an Unsqueeze puts in, rising.
 * @param axes of what comes in, or of the result
 */
export function axesOf(node: OnnxNode, input: unknown, sizes: Shape): number[] {
  if (sizes.length > MOST_AXES) throw new FormatError(`ONNX file: ${nodeTitle(node)} makes ${sizes.length} axes.`);
  const given = listOf(node, "axes", input) ?? sizes.flatMap((size, axis) => (size === 1 ? [axis] : []));
  return given.map((axis) => axisOf(node, axis, sizes.length)).sort((a, b) => a - b);
}

/** The order of axes of a Transpose. @throws FormatError when it is none */
export function orderOf(node: OnnxNode, axes: number): readonly number[] {
  const order = numbersOf(node, "perm") ?? Array.from({ length: axes }, (_, axis) => axes - 1 - axis);
  const isOrder =
    order.length === axes && order.every((axis, at) => order.indexOf(axis) === at && axis >= 0 && axis < axes);
  if (isOrder) return order;
  throw misfit(node, "perm", `an order of ${axes} axes`);
}
