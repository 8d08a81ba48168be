import { ArgumentError } from "../errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Dialect, ownLayout, readDirections } from "./dialect.js";
import type { Module } from "./modules.js";
import type { Place, PlaceParameter } from "./places.js";

/**
 * PyTorch's state dicts: `rnn.weight_ih_l1_reverse`, `fc.bias`, and the names of single cells, `cell.weight_ih`. The order of
 * blocks, the orientation and the parts are this library's own.
 */
export const pytorch: Dialect = {
  title: "PyTorch",
  parse(name) {
    const [, module = "", part, index, reverse] = /^(?:(.*)\.)?([^.]+?)(?:_l(\d+))?(_reverse)?$/.exec(name) ?? [];
    if (part === undefined) return undefined;
    return { module, index: Number(index ?? 0), isReverse: reverse !== undefined, part };
  },
  nameOf: ({ module, part }) => (module === "" ? part : `${module}.${part}`),
  read: (place, module) =>
    readDirections(place, module, ({ parameters }, reading) => {
      if (!isKnown(place)) reading.lacks(noCounterpart(place));
      const strange = strangeParts(place);
      if (strange !== "") reading.lacks(`has ${strange}, which PyTorch has no place for`);
      for (const parameter of parameters) {
        const tensor = reading.want(parameter.part, parameter.shape, `"${nameIn(module, parameter)}"`);
        if (tensor !== undefined) reading.values.set(parameter.name, tensor);
      }
    }),
  write(place, values, module, index) {
    if (!isKnown(place)) throw new ArgumentError(`${place.description} ${noCounterpart(place)}.`);
    const strange = strangeParts(place);
    if (strange !== "") throw new ArgumentError(`${place.description} has ${strange}, which PyTorch has no place for.`);
    return place.directions.flatMap(({ isReverse, parameters }) =>
      parameters.map(({ name, part }) => {
        const suffix = place.cell === undefined ? "" : `_l${index}${isReverse ? "_reverse" : ""}`;
        return { module, index, isReverse, part: part + suffix, tensor: values.get(name) as Tensor };
      }),
    );
  },
};

/** Whether PyTorch has the layer's cell: another cell of the same shapes would be read without a word. */
function isKnown({ cell }: Place): boolean {
  return cell === undefined || cell.foreign?.pytorch !== undefined;
}

/** Parameters of PyTorch's recurrent layers. */
const RECURRENT_PARTS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"];

/** What a recurrent layer has beyond that: peepholes, learned initial states, gains of a normalisation. */
function strangeParts({ cell, directions }: Place): string {
  if (cell === undefined) return "";
  const parts = directions.flatMap(({ parameters }) => parameters.map(({ part }) => part));
  return [...new Set(parts.filter((part) => !RECURRENT_PARTS.includes(part)))].join(", ");
}

function noCounterpart(place: Place): string {
  return `has no counterpart in PyTorch; if the weights are such a layer's, declare their layout: ${ownLayout(place)}`;
}

/** The name that a parameter should have in the file. */
function nameIn({ path, index }: Module, { part, name }: PlaceParameter): string {
  const suffix = /_l0(_reverse)?$/.exec(name);
  const local = suffix === null ? part : `${part}_l${index}${suffix[1] ?? ""}`;
  return path === "" ? local : `${path}.${local}`;
}
