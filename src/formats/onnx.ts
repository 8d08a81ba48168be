import { ArgumentError } from "../errors.js";
import { elements, type Shape } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { reorderBlocks } from "./blocks.js";
import { type Dialect, ownLayout, Reading } from "./dialect.js";
import type { Place, PlaceParameter } from "./places.js";

/**
 * The operators RNN, GRU and LSTM of ONNX: `rnn.W` [N, G·H, D], `rnn.R` [N, G·H, H], `rnn.B` [N, 2·G·H] (input, then
 * recurrent biases), `rnn.P` [N, 3·H]; N directions, forward first. A dense layer is `fc.W` [units, I] and `fc.B` [units].
 */
export const onnx: Dialect = {
  title: "ONNX",
  parse(name) {
    const [, module = "", part] = /^(?:(.*)[/.])?([WRBP])$/.exec(name) ?? [];
    return part === undefined ? undefined : { module: module.replaceAll("/", "."), index: 0, isReverse: false, part };
  },
  nameOf: ({ module, part }) => (module === "" ? part : `${module}.${part}`),
  read(place, module) {
    const reading = new Reading(place, module.forward);
    const tensors = new Map<string, Tensor>();
    const slots = slotsOf(place, (text) => reading.lacks(text));
    for (const { part, shape } of wholes(slots)) {
      const found = reading.want(part, shape);
      if (found !== undefined) tensors.set(part, found);
    }
    for (const { part, at, shape, parameter, order, own } of slots) {
      const data = tensors.get(part)?.data.slice(at, at + elements(shape));
      if (data === undefined) continue;
      const slice = new Tensor(data, shape);
      reading.values.set(parameter.name, order === undefined ? slice : reorderBlocks(slice, order, own));
    }
    return reading.close();
  },
  write(place, values, module, index) {
    const slots = slotsOf(place, (text) => {
      throw new ArgumentError(`${place.description} ${text}.`);
    });
    return wholes(slots).map(({ part, shape }) => {
      const tensor = new Tensor(new Float32Array(elements(shape)), shape);
      for (const slot of slots.filter((candidate) => candidate.part === part)) {
        const value = values.get(slot.parameter.name) as Tensor;
        tensor.data.set((slot.order === undefined ? value : reorderBlocks(value, slot.own, slot.order)).data, slot.at);
      }
      return { module, index, isReverse: false, part, tensor };
    });
  },
};

/** Where a parameter lies in a tensor of the operator. */
interface Slot {
  readonly parameter: PlaceParameter;
  readonly part: string;
  /** Shape of the whole tensor, and of the slice from element `at` on. */
  readonly whole: Shape;
  readonly shape: Shape;
  readonly at: number;
  /** Blocks of the slice, and of the parameter; undefined where there are none. */
  readonly order?: readonly string[];
  readonly own: readonly string[];
}

function slotsOf(place: Place, note: (text: string) => void): Slot[] {
  const { cell, directions } = place;
  if (cell === undefined)
    return directions.flatMap(({ parameters }) => parameters.flatMap((each) => denseSlot(each, note)));
  const order = cell.foreign?.onnx;
  if (order === undefined) {
    note(`has no counterpart in ONNX; if the weights are such a layer's, declare their layout: ${ownLayout(place)}`);
    return [];
  }
  return directions.flatMap(({ parameters }, direction) =>
    parameters.flatMap((parameter) => recurrentSlot(place, parameter, order, direction, note)),
  );
}

function denseSlot(parameter: PlaceParameter, note: (text: string) => void): Slot[] {
  const { part, shape } = parameter;
  const name = { weight: "W", bias: "B" }[part];
  if (name === undefined) note(`has ${part}, which ONNX has no place for`);
  return name === undefined ? [] : [{ parameter, part: name, whole: shape, shape, at: 0, own: [] }];
}

function recurrentSlot(
  { cell, config, units, directions }: Place,
  parameter: PlaceParameter,
  order: readonly string[],
  direction: number,
  note: (text: string) => void,
): Slot[] {
  const gates = cell?.gates ?? [];
  const size = order.length * units;
  const count = directions.length;
  const slot = (part: string, shape: Shape, row: Shape, offset = 0, blocks = order, own = gates): Slot[] => [
    { parameter, part, whole: [count, ...row], shape, at: direction * elements(row) + offset, order: blocks, own },
  ];
  const [, inner = 0] = parameter.shape;
  if (parameter.part === "weight_ih") return slot("W", [size, inner], [size, inner]);
  if (parameter.part === "weight_hh" && parameter.shape.length === 2) return slot("R", [size, inner], [size, inner]);
  if (parameter.part === "bias_ih") return slot("B", [size], [2 * size]);
  if (parameter.part === "bias_hh") return slot("B", [size], [2 * size], size);
  const own = cell?.own?.(config);
  const peepholes = own?.gates;
  if (peepholes === undefined || parameter.part !== own?.name) {
    note(`has ${parameter.part}, which ONNX has no place for`);
    return [];
  }
  // Every gate but the candidate has a peephole in ONNX, a coupled forget gate too.
  const blocks = order.filter((gate) => peepholes.includes(gate) || !gates.includes(gate));
  return slot("P", [blocks.length * units], [blocks.length * units], 0, blocks, peepholes);
}

/** The tensors that the slots fill. */
function wholes(slots: readonly Slot[]): { part: string; shape: Shape }[] {
  const found = new Map(slots.map(({ part, whole }) => [part, whole]));
  return [...found].map(([part, shape]) => ({ part, shape }));
}
