import { bidirectional, dense, elman, gru, type Layer, lstm } from "../../src/index.js";
import type { ReferenceCase } from "../support/fixtures.js";
import { readTensorFile, type StoredTensor } from "../support/tensorFile.js";

/** The recurrent module of a state dict. */
export interface RecurrentModule {
  readonly name: string;
  readonly cell: string;
  readonly layers: number;
  readonly units: number;
  /** Width of its hidden states, where a projection makes that another than its units. */
  readonly projectionSize?: number;
  /** f of an Elman network: shapes do not tell it. */
  readonly activation?: "relu";
  readonly hasBias: boolean;
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

/** The tensors of a case's weights whose names begin with a prefix, by the rest of their names. */
export function tensorsBelow(reference: ReferenceCase, prefix: string): ReadonlyMap<string, StoredTensor> {
  const all = [...readTensorFile(reference.weights())].filter(([name]) => name.startsWith(prefix));
  return new Map(all.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/**
 * What the names and shapes of a case's weights tell of its recurrent module: `NAME.weight_hh_l0` is [G·H, P], and
 * `NAME.weight_hr_l0` [P, H] where there is a projection (else P = H).
 */
export function recurrentModule(reference: ReferenceCase, prefix = ""): RecurrentModule {
  const own = tensorsBelow(reference, prefix);
  const paths = [...own.keys()];
  const [first, ...others] = paths.filter((path) => path.endsWith(".weight_hh_l0"));
  if (first === undefined || others.length > 0) throw new Error(`${reference.id} has not one recurrent module`);
  const name = first.slice(0, -".weight_hh_l0".length);
  const [rows, width] = (own.get(first) as StoredTensor).shape as [number, number];
  const projection = own.get(`${name}.weight_hr_l0`);
  const units = projection?.shape[1] ?? width;
  const { cell } = makerOf(reference, rows / units);
  return {
    ...{ name, cell, units },
    ...(projection === undefined ? {} : { projectionSize: width }),
    ...(cell === "elman" && isOfRelu(reference) ? { activation: "relu" } : {}),
    layers: paths.filter((path) => path.startsWith(`${name}.weight_hh_l`) && !path.endsWith("_reverse")).length,
    hasBias: own.has(`${name}.bias_hh_l0`),
    isBidirectional: own.has(`${first}_reverse`),
  };
}

/** Whether the config says so: by torch's option, in the name of the cell, or beside the module in the words on the model. */
function isOfRelu({ config: { nonlinearity, cell, model } }: ReferenceCase): boolean {
  const says = (value: unknown, pattern: RegExp): boolean => typeof value === "string" && pattern.test(value);
  return says(nonlinearity, /^relu$/i) || says(cell, /relu/i) || says(model, /\brnn[^>]*relu/i);
}

/** The dense layer of that name. */
export function denseLayer(reference: ReferenceCase, name: string, prefix = "", options: object = {}): Layer {
  const own = tensorsBelow(reference, prefix);
  const [units] = own.get(`${name}.weight`)?.shape ?? [];
  if (units === undefined) throw new Error(`${reference.id} has no dense layer "${prefix}${name}"`);
  return dense(units, { name, bias: own.has(`${name}.bias`), ...options });
}

/** The library's layers of a module, the first under its name and the others under that with their numbers. */
export function recurrentLayers(module: RecurrentModule): Layer[] {
  const { name, cell, layers, units, projectionSize, activation, hasBias, isBidirectional } = module;
  const found = Object.values(makers).find((maker) => maker.cell === cell);
  if (found === undefined) throw new Error(`no layer for the cell ${cell}`);
  const own = { ...(projectionSize === undefined ? {} : { projectionSize }), ...(activation && { activation }) };
  return Array.from({ length: layers }, (_, index) => {
    const layer = found.make(units, { name: layerName(name, index), bias: hasBias, ...own });
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
