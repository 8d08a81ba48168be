import { bidirectional, elman, gru, type Layer, lstm } from "../../src/index.js";
import type { ReferenceCase } from "../support/fixtures.js";
import { readTensorFile, type StoredTensor } from "../support/tensorFile.js";

/** The recurrent module of a state dict. */
export interface RecurrentModule {
  readonly name: string;
  readonly cell: string;
  readonly layers: number;
  readonly units: number;
  readonly isBidirectional: boolean;
}

/** torch's modules by their gate blocks: 1, 3 or 4 of them. */
const makers: Readonly<
  Record<number, { readonly cell: string; readonly make: (units: number, options: object) => Layer }>
> = {
  1: { cell: "elman", make: elman },
  3: { cell: "gru", make: gru },
  4: { cell: "lstm", make: lstm },
};

/** What the names and shapes of a case's weights tell of its recurrent module: `NAME.weight_hh_l0` is [G·H, H]. */
export function recurrentModule(reference: ReferenceCase, prefix = ""): RecurrentModule {
  const weights = readTensorFile(reference.weights());
  const own = [...weights.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const [first, ...others] = own.filter((name) => name.endsWith(".weight_hh_l0"));
  if (first === undefined || others.length > 0) throw new Error(`${reference.id} has not one recurrent module`);
  const name = first.slice(0, -".weight_hh_l0".length);
  const [rows, units] = (weights.get(prefix + first) as StoredTensor).shape as [number, number];
  const { cell } = makerOf(reference, rows / units);
  const layers = own.filter((path) => path.startsWith(`${name}.weight_hh_l`) && !path.endsWith("_reverse")).length;
  return { name, cell, layers, units, isBidirectional: own.includes(`${first}_reverse`) };
}

/** Its layers of the library, the first under its name and the others under that with their numbers. */
export function recurrentLayers({ name, cell, layers, units, isBidirectional }: RecurrentModule): Layer[] {
  const found = Object.values(makers).find((maker) => maker.cell === cell);
  if (found === undefined) throw new Error(`no layer for the cell ${cell}`);
  return Array.from({ length: layers }, (_, index) => {
    const layer = found.make(units, { name: layerName(name, index) });
    return isBidirectional ? bidirectional(layer) : layer;
  });
}

/** What `recurrentLayers` calls a layer. */
export function layerName(name: string, index: number): string {
  return index === 0 ? name : `${name}_${index}`;
}

function makerOf(reference: ReferenceCase, blocks: number) {
  const found = makers[blocks];
  if (found === undefined) throw new Error(`${reference.id}: no module of torch has ${blocks} gate blocks`);
  return found;
}
