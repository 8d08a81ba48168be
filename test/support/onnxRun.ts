import {
  type DenseConfig,
  describeOnnx,
  type Layer,
  loadOnnx,
  Model,
  type OnnxPort,
  run,
  type SequentialConfig,
  type States,
  sequential,
  Tensor,
} from "../../src/index.js";
import { permuted } from "../parity/axes.js";

/** Numbers as a file has them. */
export interface FileTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The outputs of an ONNX file by their names, its inputs being given by theirs: what the file lays out otherwise is turned. */
export function runOnnxFile(bytes: Uint8Array, input: (name: string) => FileTensor): Map<string, FileTensor> {
  const { inputs, outputs } = describeOnnx(bytes);
  using model = loadOnnx(bytes);
  const ofKind = (kind: OnnxPort["kind"]) => inputs.filter((port) => port.kind === kind);
  const [sequence] = ofKind("sequence");
  const x = arranged(input(sequence.name), sequence.axes, ["batch", "time", "features"]);
  // Tokens have no features; numbers [batch, time] have one, which the file adds itself.
  const readsTokens = JSON.stringify(model.specification).includes('"embedding"');
  const given = readsTokens ? new Tensor(x.data, x.shape.slice(0, 2)) : x;
  const [lengths] = ofKind("lengths").map(({ name }) => Array.from(input(name).values));
  const initialState = statesOf(ofKind("states"), input);
  const found = run(model, given, { initialState, ...(lengths === undefined ? {} : { lengths }) });
  const { finalState } = found;
  const output = found.output.shape.length === 3 ? lengthened(found.output, x.shape[1] as number) : found.output;
  if (lengths !== undefined && output.shape.length === 3) fillBeyond(output, lengths, model);
  return new Map(
    outputs.map((port) => [port.name, port.kind === "states" ? statesAs(port, finalState) : outputAs(port, output)]),
  );
}

/** A tensor with its axes in another order: those that it has not are of length 1. */
function arranged({ values, shape }: FileTensor, axes: readonly string[], wanted: readonly string[]): Tensor {
  const left = wanted.filter((axis) => !axes.includes(axis));
  const all = [...axes, ...left];
  const sizes = [...shape, ...left.map(() => 1)];
  const order = wanted.map((axis) => all.indexOf(axis));
  const rest = all.flatMap((_, axis) => (order.includes(axis) ? [] : [axis]));
  const turned = permuted(values, sizes, [...order, ...rest]);
  return new Tensor(
    Float32Array.from(turned),
    order.map((axis) => sizes[axis]),
  );
}

function statesOf(ports: readonly OnnxPort[], input: (name: string) => FileTensor): States {
  const states: Record<string, Record<string, Tensor>> = {};
  for (const { name, axes, states: places } of ports) {
    const { data, shape } = arranged(input(name), axes, ["layers", "batch", "features"]);
    const size = data.length / places.length;
    places.forEach(({ path, state }, index) => {
      const part = new Tensor(data.slice(index * size, (index + 1) * size), shape.slice(1));
      states[path] = { ...states[path], [state]: part };
    });
  }
  return states;
}

function statesAs({ axes, states }: OnnxPort, final: States): FileTensor {
  const parts = states.map(({ path, state }) => final[path][state]);
  const [batch, units] = parts[0].shape;
  const values = Float32Array.from(parts.flatMap(({ data }) => Array.from(data)));
  return asFile(arranged({ values, shape: [parts.length, batch, units] }, ["layers", "batch", "features"], axes));
}

/** An output as the file lays it out: several axes joined, or the features by direction. */
function outputAs({ axes }: OnnxPort, { data, shape }: Tensor): FileTensor {
  const names = axes.flatMap((axis) => axis.split("*"));
  const width = shape.at(-1) as number;
  const isApart = names.includes("units");
  const own = [
    ...(shape.length === 3 ? ["batch", "time"] : ["batch"]),
    ...(isApart ? ["direction", "units"] : ["features"]),
  ];
  const sizes = [...shape.slice(0, -1), ...(isApart ? [2, width / 2] : [width])];
  return asFile(arranged({ values: data, shape: sizes }, own, names));
}

function asFile({ data, shape }: Tensor): FileTensor {
  return { values: data, shape };
}

/**
 * What the layers behind the last recurrent one make of a row of zeros, which a file gives beyond a sequence's end, where the
 * library gives 0.
 * @param width of the output
 */
function rowBeyond(model: Model, width: number): Float32Array {
  const { layers } = model.specification.config as SequentialConfig;
  const isInTime = layers.map(({ type }) => ["bidirectional", "concatenate", "recurrent"].includes(type));
  const behind: readonly Layer[] = layers.slice(isInTime.lastIndexOf(true) + 1);
  if (behind.length === 0) return new Float32Array(width);
  const hasWeights = ({ type }: Layer) => type === "dense" || type === "layerNorm";
  const count = behind.filter(hasWeights).reduce((sum, { config }) => sum + ((config as DenseConfig).bias ? 2 : 1), 0);
  const own = count === 0 ? [] : model.parameters.slice(-count);
  const inputSize = own[0]?.shape.at(-1) ?? width;
  using tail = new Model(sequential(...behind), { inputSize });
  tail.parameters.forEach((parameter, index) => parameter.write(own[index].read()));
  return tail.predict([new Array<number>(inputSize).fill(0)]).data;
}

function fillBeyond({ data, shape }: Tensor, lengths: readonly number[], model: Model): void {
  const [, steps, width] = shape;
  const row = rowBeyond(model, width);
  lengths.forEach((length, sequence) => {
    for (let step = length; step < steps; step++) data.set(row, (sequence * steps + step) * width);
  });
}

/** Up to the input's steps, where every sequence is shorter. */
function lengthened({ data, shape }: Tensor, steps: number): Tensor {
  const [batch, own, width] = shape as [number, number, number];
  const all = new Float32Array(batch * steps * width);
  for (let sequence = 0; sequence < batch; sequence++)
    all.set(data.subarray(sequence * own * width, (sequence + 1) * own * width), sequence * steps * width);
  return new Tensor(all, [batch, steps, width]);
}
