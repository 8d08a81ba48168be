import { type Model, type Parameter, Tensor } from "../../src/index.js";

/** A tensor whose every element is another number, exact in float32. */
export function distinct(shape: readonly number[], start = 1): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return new Tensor(
    Float32Array.from({ length: count }, (_, index) => (start + index) / 64),
    shape,
  );
}

/** A tensor with all names, for a model or a file. */
export function distinctAll(shapes: Readonly<Record<string, readonly number[]>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => [name, distinct(shape, 1 + 1000 * index)]),
  );
}

/** The values of one parameter. */
export function values(model: Model, name: string): Float32Array {
  const found = model.parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${model.parameters.map((each: Parameter) => each.name)}`);
  return found.read().data;
}

/** All values of a model, by name. */
export function allValues(model: Model): Record<string, number[]> {
  return Object.fromEntries(model.parameters.map((parameter) => [parameter.name, [...parameter.read().data]]));
}

/** Fills a model with distinct numbers. */
export function fill(model: Model): Model {
  model.parameters.forEach((parameter, index) => parameter.write(distinct(parameter.shape, 1 + 1000 * index)));
  return model;
}

/** The message of what a call throws. */
export function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

/** Shapes of PyTorch's LSTM of 3 units on 2 inputs, as a layer of a module. */
export const lstmShapes = (module: string, layer = 0, inputs = 2) => ({
  [`${module}.weight_ih_l${layer}`]: [12, inputs],
  [`${module}.weight_hh_l${layer}`]: [12, 3],
  [`${module}.bias_ih_l${layer}`]: [12],
  [`${module}.bias_hh_l${layer}`]: [12],
});
/** Shapes of a dense layer of a module. */
export const denseShapes = (module: string, units = 1, inputs = 3) => ({
  [`${module}.weight`]: [units, inputs],
  [`${module}.bias`]: [units],
});
