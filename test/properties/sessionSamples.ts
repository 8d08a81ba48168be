import { cells } from "../../src/cells/index.js";
import {
  type CellName,
  columns,
  concatenate,
  dense,
  dropout,
  elman,
  embedding,
  finalState,
  gru,
  indRnn,
  type Layer,
  lastStep,
  lstm,
  Model,
  manyToOne,
  minGru,
  oneHot,
  type RecurrentOptions,
  recurrent,
  residual,
  sequential,
  Tensor,
} from "../../src/index.js";
import { cellVariants, projectable } from "../oracle/cellVariants.js";
import { TestRandom } from "../oracle/random.js";

/** A network to stream through, and the size of its input. */
export interface Network {
  readonly label: string;
  readonly layer: Layer;
  readonly inputSize: number;
  /** The first feature is a token below this, where there are tokens. */
  readonly tokens?: number;
}

/** Units that leave lanes of the last vector empty. */
const UNITS = 5;

/** A cell with every option that all layers have, where the cell allows it. */
function layerOptions(cell: string): RecurrentOptions[] {
  const { recurrentBlocks } = cells[cell as CellName];
  const projection = projectable.includes(cell) ? [{ projectionSize: 3 }] : [];
  const dropped = recurrentBlocks > 0 ? [{ recurrentDropout: 0.4 }] : [];
  const single = [
    { bias: false },
    { normalization: "layer" as const },
    { zoneout: 0.3 },
    { initialState: "learned" as const },
    ...projection,
    ...dropped,
  ];
  return [...single, Object.assign({}, ...single)];
}

const cellNetworks = Object.keys(cells).flatMap((cell) => {
  const own = cells[cell as CellName] as never;
  const of = (label: string, inputSize: number, units: number, options: object): Network => ({
    label: `${label}, ${inputSize} inputs, ${units} units`,
    layer: recurrent(own, units, options),
    inputSize,
  });
  return [
    ...cellVariants(cell).map(({ label, options }) => of(label, 3, UNITS, options)),
    ...layerOptions(cell).map((options) => of(`${cell} ${JSON.stringify(options)}`, 2, UNITS, options)),
    ...[1, 16, 33].map((units) => of(cell, units === 1 ? 1 : 8, units, {})),
  ];
});

const composed: Network[] = [
  { label: "dense alone: no state", layer: dense(3, { activation: "tanh" }), inputSize: 4 },
  { label: "a stack", layer: sequential(gru(7), lstm(4), elman(6), dense(3)), inputSize: 2 },
  { label: "dense before and between", layer: sequential(dense(6), lstm(5), dense(4), gru(3)), inputSize: 3 },
  {
    label: "residual layers",
    layer: sequential(lstm(6), residual(gru(6)), residual(minGru(6)), dense(2)),
    inputSize: 2,
  },
  { label: "dropout, which prediction passes", layer: sequential(lstm(6), dropout(0.5), indRnn(5)), inputSize: 1 },
  { label: "chains in chains", layer: sequential(sequential(gru(3), sequential(lstm(4))), dense(2)), inputSize: 3 },
  { label: "tokens", layer: sequential(embedding(9, 5), lstm(4), dense(9)), inputSize: 1, tokens: 9 },
  { label: "one-hot tokens", layer: sequential(oneHot(9), lstm(4), dense(9)), inputSize: 1, tokens: 9 },
  { label: "one-hot rows", layer: sequential(oneHot(5), residual(gru(5)), dense(2)), inputSize: 1, tokens: 5 },
  { label: "several inputs", layer: sequential(inputs(), gru(4)), inputSize: 4, tokens: 6 },
  { label: "learned states in a stack", layer: sequential(...learned(), dense(1)), inputSize: 2 },
];

function inputs(): Layer {
  return concatenate(sequential(columns(0, 1), embedding(6, 3)), sequential(columns(1, 4), lstm(5), dense(2)));
}

function learned(): Layer[] {
  return [gru(5, { initialState: "learned", projectionSize: 3 }), lstm(6, { initialState: "learned", zoneout: 0.2 })];
}

/** Networks that answer at every step. */
export const stepwise: readonly Network[] = [...cellNetworks, ...composed];

/** Networks that give one answer a sequence. */
export const answering: readonly Network[] = [
  { label: "lastStep and dense", layer: sequential(lstm(6), gru(5), lastStep(), dense(2)), inputSize: 3 },
  { label: "finalState", layer: sequential(dense(4), lstm(5, { projectionSize: 3 }), finalState()), inputSize: 2 },
  {
    label: "manyToOne",
    layer: manyToOne({ cell: "elman", inputSize: 1, units: 9, outputSize: 1, layers: 2 }),
    inputSize: 1,
  },
];

/** A model whose parameters are all different numbers of the size that keeps gates off saturation. */
export function modelOf({ layer, inputSize }: Network, seed = 3): Model {
  const model = new Model(layer, { inputSize });
  const random = new TestRandom(seed);
  for (const parameter of model.parameters) {
    const count = parameter.shape.reduce((product, size) => product * size, 1);
    parameter.write(new Tensor(random.numbers(count, 0.6), parameter.shape));
  }
  return model;
}

/** A random sequence [steps, inputSize]. */
export function sequenceOf(
  { inputSize, tokens }: Omit<Network, "label" | "layer">,
  steps: number,
  seed: number,
): Tensor {
  const random = new TestRandom(seed);
  const values = random.numbers(steps * inputSize, 1.5);
  if (tokens !== undefined)
    for (let at = 0; at < values.length; at += inputSize) values[at] = random.integer(0, tokens - 1);
  return new Tensor(values, [steps, inputSize]);
}

/** Row `index` of a tensor [rows, width]. */
export function rowOf({ data, shape }: Tensor, index: number): Float32Array {
  const width = shape[1] as number;
  return data.slice(index * width, (index + 1) * width);
}

/** Steps [from, to) of a sequence. */
export function part({ data, shape }: Tensor, from: number, to: number): Tensor {
  const width = shape[1] as number;
  return new Tensor(data.slice(from * width, to * width), [to - from, width]);
}
