import { elements } from "../shape.js";
import { commonShape, OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { axesOf, axisOf, listOf, numberOf, numbersOf, orderOf, rangesOf, tensorOf } from "./onnxNode.js";

/** What an operator makes of constants; undefined where it is used in a way that nobody here reads. */
interface Fold {
  /** Names of the attributes that it reads. */
  readonly attributes: readonly string[];
  /** @param room the most values that may be written out */
  run(node: OnnxNode, inputs: readonly (OnnxConstant | undefined)[], room: number): OnnxConstant | undefined;
}

/** A longer list of numbers than any arithmetic on sizes. */
const LONGEST_RANGE = 0x1_0000;

type Constants = readonly OnnxConstant[];

/** An operator that does without none of its inputs. */
const fold = (
  attributes: readonly string[],
  run: (node: OnnxNode, inputs: Constants, room: number) => OnnxConstant | undefined,
): Fold => ({
  attributes,
  run: (node, inputs, room) =>
    inputs.length === 0 || inputs.includes(undefined) ? undefined : run(node, inputs as Constants, room),
});

const whole = (values: readonly number[], shape = [values.length]) => OnnxConstant.of(values, shape);

/** Numbers one by one, spread to their common shape. */
const pointwise = (compute: (a: number, b: number, c: number) => number, isFloat?: boolean): Fold =>
  fold([], (_node, inputs) => {
    const shape = inputs
      .map((input) => input.shape)
      .reduce<readonly number[] | undefined>((a, b) => a && commonShape(a, b), []);
    const lists = shape && inputs.map((input) => input.spread(shape)?.list());
    if (shape === undefined || lists === undefined || lists.some((list) => list === undefined)) return undefined;
    const [a, b = [], c = []] = lists as (readonly number[])[];
    const values = Array.from(a as readonly number[], (value, at) => compute(value, b[at] as number, c[at] as number));
    return OnnxConstant.of((isFloat ?? inputs.at(-1)?.isFloat) ? Float32Array.from(values) : values, shape);
  });

/** Operators on constants: weights that are put in order, and arithmetic on sizes. */
export const folds: Readonly<Record<string, Fold>> = {
  Add: /* @__PURE__ */ pointwise((a, b) => a + b),
  Cast: /* @__PURE__ */ fold(["to", "saturate"], cast),
  Concat: /* @__PURE__ */ fold(["axis"], concat),
  Constant: {
    attributes: ["value", "value_int", "value_ints", "value_float", "value_floats"],
    run: (node) => constant(node),
  },
  ConstantOfShape: /* @__PURE__ */ fold(["value"], (node, [shape]) => {
    const value = tensorOf(node, "value")?.constant() ?? OnnxConstant.of(new Float32Array(1));
    const sizes = shape?.list();
    return sizes && value.reshape([])?.spread(Array.from(sizes));
  }),
  Div: /* @__PURE__ */ fold([], (node, inputs, room) =>
    pointwise((a, b) => (inputs[0]?.isFloat ? a / b : Math.trunc(a / b))).run(node, inputs, room),
  ),
  Equal: /* @__PURE__ */ pointwise((a, b) => (a === b ? 1 : 0), false),
  Expand: /* @__PURE__ */ fold([], (_node, [input, shape]) => expand(input, shape)),
  Gather: /* @__PURE__ */ fold(["axis"], gather),
  Identity: /* @__PURE__ */ fold([], (_node, [input]) => input),
  Mul: /* @__PURE__ */ pointwise((a, b) => a * b),
  Range: /* @__PURE__ */ fold([], (_node, inputs) => {
    const [start = 0, limit = 0, step = 0] = inputs.map((input) => input.uniform());
    const count = Math.max(0, Math.ceil((limit - start) / step));
    if (!(count <= LONGEST_RANGE)) return undefined;
    return whole(Array.from({ length: count }, (_, index) => start + index * step));
  }),
  Reshape: /* @__PURE__ */ fold(["allowzero"], (node, [input, shape]) => input?.reshape(shapeFor(node, input, shape))),
  Shape: /* @__PURE__ */ fold(["end", "start"], (node, [input]) => input && shapeOf(node, input.shape)),
  Slice: {
    attributes: ["axes", "ends", "starts"],
    run(node, inputs) {
      const ranges = rangesOf(node, inputs, inputs[0]?.shape ?? []);
      return ranges?.reduce((found, { axis, from, to }) => found?.slice(axis, from, to), inputs[0]);
    },
  },
  Squeeze: /* @__PURE__ */ fold(["axes"], (node, [input, axes]) => {
    const places = axesOf(node, axes, input?.shape ?? []);
    return places.reduceRight((found, axis) => found?.pick(axis, 0), input);
  }),
  Sub: /* @__PURE__ */ pointwise((a, b) => a - b),
  Tile: /* @__PURE__ */ fold([], (_node, [input, repeats]) => tile(input, repeats)),
  Transpose: /* @__PURE__ */ fold(["perm"], (node, [input]) => input?.permute(orderOf(node, input.shape.length))),
  Unsqueeze: /* @__PURE__ */ fold(["axes"], (node, [input, axes]) => {
    const count = (input?.shape.length ?? 0) + (listOf(node, "axes", axes)?.length ?? 0);
    return input?.insert(axesOf(node, axes, new Array<number>(count).fill(0)));
  }),
  Where: /* @__PURE__ */ pointwise((condition, a, b) => (condition === 0 ? b : a)),
};

/** Element types of `Cast`: the whole numbers, and the float types whose values a float32 holds. */
const WHOLE = [2, 3, 4, 5, 6, 7, 9, 12, 13];
const FLOAT = [1];

function cast(node: OnnxNode, [input]: Constants): OnnxConstant | undefined {
  const to = numberOf(node, "to", 0);
  if (input === undefined || (input.isFloat ? FLOAT : WHOLE).includes(to)) return input;
  const values = input.list();
  if (values === undefined) return undefined;
  if (FLOAT.includes(to)) return OnnxConstant.of(Float32Array.from(values), input.shape);
  return WHOLE.includes(to) ? whole(Array.from(values, Math.trunc), [...input.shape]) : undefined;
}

function constant(node: OnnxNode): OnnxConstant | undefined {
  const { attributes } = node;
  const tensor = tensorOf(node, "value");
  if (tensor !== undefined) return tensor.constant();
  const [integers, floats] = [numbersOf(node, "value_ints"), numbersOf(node, "value_floats")];
  if (integers !== undefined) return whole(integers);
  if (floats !== undefined) return OnnxConstant.of(Float32Array.from(floats));
  if (attributes.has("value_int")) return whole([numberOf(node, "value_int", 0)], []);
  if (attributes.has("value_float")) return OnnxConstant.of(Float32Array.of(numberOf(node, "value_float", 0)), []);
  return undefined;
}

function concat(node: OnnxNode, inputs: Constants, room: number): OnnxConstant | undefined {
  const [first] = inputs as [OnnxConstant];
  const axis = axisOf(node, numberOf(node, "axis", 0), first.shape.length);
  const fits = inputs.every(
    ({ shape }) =>
      shape.length === first.shape.length && shape.every((size, at) => at === axis || size === first.shape[at]),
  );
  if (!fits) return undefined;
  const shape = first.shape.map((size, at) =>
    at === axis ? inputs.reduce((sum, input) => sum + (input.shape[at] as number), 0) : size,
  );
  // What all are spread along is not written out.
  const isSpread = shape.map((size, at) => at !== axis && size > 0 && inputs.every(({ strides }) => strides[at] === 0));
  const inner = inputs.map((input) =>
    isSpread.reduce((found, spread, at) => (spread ? found.slice(at, 0, 1) : found), input),
  );
  const joined = shape.map((size, at) => (isSpread[at] ? 1 : size));
  return elements(joined) > room ? undefined : join(inner, joined, axis)?.spread(shape);
}

/** Values of that shape from parts one after the other along an axis. */
function join(parts: Constants, shape: readonly number[], axis: number): OnnxConstant | undefined {
  const lists = parts.map((part) => part.list());
  if (lists.includes(undefined)) return undefined;
  const outer = elements(shape.slice(0, axis));
  const values = parts[0]?.isFloat ? new Float32Array(elements(shape)) : new Array<number>(elements(shape));
  let next = 0;
  for (let row = 0; row < outer; row++) {
    for (const list of lists as (readonly number[])[]) {
      const run = list.length / outer;
      for (let at = row * run; at < (row + 1) * run; at++) values[next++] = list[at] as number;
    }
  }
  return OnnxConstant.of(values, shape);
}

function expand(input: OnnxConstant | undefined, wanted: OnnxConstant | undefined): OnnxConstant | undefined {
  const sizes = Array.from(wanted?.list() ?? []);
  if (input === undefined) return undefined;
  const shape = commonShape(input.shape, sizes);
  if (shape !== undefined) return input.spread(shape);
  // Zeros for the batch that a file was traced with, whose axis was declared open afterwards.
  const value = input.uniform();
  return value === undefined
    ? undefined
    : OnnxConstant.of(input.isFloat ? Float32Array.of(value) : [value], []).spread(sizes);
}

/** Repeated along axes of length 1 only, which takes no room. */
function tile(input: OnnxConstant | undefined, repeats: OnnxConstant | undefined): OnnxConstant | undefined {
  const counts = repeats?.list();
  if (input === undefined || counts?.length !== input.shape.length) return undefined;
  const fits = input.shape.every((size, axis) => size === 1 || counts[axis] === 1);
  return fits ? input.spread(input.shape.map((size, axis) => size * (counts[axis] as number))) : undefined;
}

function gather(node: OnnxNode, [input, indices]: Constants, room: number): OnnxConstant | undefined {
  const wanted = indices?.list();
  if (input === undefined || indices === undefined || wanted === undefined) return undefined;
  const axis = axisOf(node, numberOf(node, "axis", 0), input.shape.length);
  const size = input.shape[axis] as number;
  const places = Array.from(wanted, (index) => axisOf(node, index, size));
  const [first = 0] = places;
  if (indices.shape.length === 0) return input.pick(axis, first);
  if (indices.shape.length > 1 || places.length === 0) return undefined;
  if (places.every((place, index) => place === first + index)) return input.slice(axis, first, first + places.length);
  if ((elements(input.shape) / size) * places.length > room) return undefined;
  const parts = places.map((place) => input.slice(axis, place, place + 1));
  return concat({ ...node, attributes: new Map([["axis", axis]]) }, parts, room);
}

/** The sizes of axes as a constant, or some of them (from version 15 on). */
export function shapeOf(node: OnnxNode, shape: readonly number[]): OnnxConstant {
  return whole(shape.slice(numberOf(node, "start", 0), numberOf(node, "end", shape.length)));
}

/** The sizes that a Reshape asks for: 0 keeps that of the same axis, −1 is what is left. */
export function shapeFor(
  node: OnnxNode,
  { shape: own }: Pick<OnnxConstant, "shape">,
  wanted: unknown,
): readonly number[] {
  const sizes = listOf(node, "shape", wanted) ?? [];
  const keeps = numberOf(node, "allowzero", 0) === 0;
  const kept = sizes.map((size, axis) => (size === 0 && keeps ? (own[axis] ?? 1) : size));
  const known = kept.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return kept.map((size) => (size === -1 ? elements(own) / known : size));
}
