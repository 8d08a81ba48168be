import { ArgumentError, FormatError } from "../errors.js";
import type { Layer } from "../layers/layer.js";
import { describe, requireKnownOptions, show } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { bytesOf } from "./bytes.js";
import { declared } from "./declared.js";
import type { Dialect, Reading } from "./dialect.js";
import { keras } from "./keras.js";
import type { WeightFormat } from "./layout.js";
import { type Module, modulesOf, tensorsOf } from "./modules.js";
import { onnx } from "./onnx.js";
import { pair } from "./pairing.js";
import { type Place, type PlaceParameter, placesOf, placeTitle } from "./places.js";
import { pytorch } from "./pytorch.js";
import type { SafetensorsFile } from "./safetensors.js";

/** Weights by name: what `readSafetensors` gives, or a table. */
export type Weights = SafetensorsFile | ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>;

/** Whose weights they are and how the file calls the model's layers. */
export interface ImportOptions {
  /** The system that the weights come from, or how it lays them out. */
  readonly from: WeightFormat;
  /** What the names begin with: tensors with other names are left alone. Default "". */
  readonly prefix?: string;
  /** For paths of the model that the file calls otherwise: the layer's path in the file, without the prefix. */
  readonly names?: Readonly<Record<string, string>>;
  /** Tensors of the file that the model does without: their names, or the path that they lie below. */
  readonly ignore?: readonly string[];
}

/** @throws ArgumentError when the names of layers are no table of texts */
export function requireNames(owner: string, names: Readonly<Record<string, string>>): void {
  const isTable = typeof names === "object" && names !== null && !Array.isArray(names);
  if (isTable && Object.values(names).every((name) => typeof name === "string")) return;
  throw new ArgumentError(
    `names of ${owner} must give paths in the file by paths in the model, received ${describe(names)}.`,
  );
}

const dialects: Readonly<Record<string, Dialect>> = { keras, onnx, pytorch };

/** How a format names and lays out weights. @throws ArgumentError when there is no such format */
export function dialectOf(owner: string, format: WeightFormat): Dialect {
  if (typeof format === "object" && format !== null) return declared(format);
  if (typeof format === "string" && Object.hasOwn(dialects, format)) return dialects[format] as Dialect;
  const known = Object.keys(dialects).map((name) => `"${name}"`);
  throw new ArgumentError(
    `${owner} must be ${known.join(", ")} or a layout such as { gates: "ifgo" }, received ${describe(format)}.`,
  );
}

/**
 * The values of a network's parameters from foreign weights.
 * @throws FormatError naming everything that is missing, left over, of another shape, or not clear
 */
export function readWeights(
  layer: Layer,
  inputSize: number,
  weights: Weights,
  options: ImportOptions,
): ReadonlyMap<string, Tensor> {
  requireKnownOptions("importWeights", options, ["from", "prefix", "names", "ignore"]);
  const { prefix = "", names = {}, ignore = [] } = options;
  if (typeof prefix !== "string")
    throw new ArgumentError(`prefix of importWeights must be a text, received ${describe(prefix)}.`);
  requireNames("importWeights", names);
  const dialect = dialectOf("from of importWeights", options.from);
  const places = placesOf(layer, inputSize);
  const { modules, strangers } = modulesOf(chosen(weights, prefix, ignore), prefix, dialect.parse);
  const { pairs, problems } = pair(places, modules, names, (place, module) => dialect.read(place, module).isWhole);
  const readings = new Map([...pairs].map(([place, module]) => [place, dialect.read(place, module)]));
  const { values, clashes } = byOwner(readings);
  const found = [
    ...[...readings.values()].flatMap((reading) => [...reading.problems, ...notFinite(reading)]),
    ...places.flatMap((place) => missing(place, readings.get(place), values)),
    ...clashes,
    ...problems,
    ...leftOver(modules, [...pairs.values()], strangers),
  ];
  if (found.length > 0) throw new FormatError(report(dialect, places, found));
  return values;
}

/** The values of parameters, tied ones under the name of their owner, and where a file gives one of them two values. */
function byOwner(readings: ReadonlyMap<Place, Reading>): { values: Map<string, Tensor>; clashes: string[] } {
  const values = new Map<string, Tensor>();
  /** Under which name they came, by owner. */
  const first = new Map<string, string>();
  const clashes: string[] = [];
  for (const [place, reading] of readings) {
    for (const { name, owner } of parametersOf(place)) {
      const [here, before] = [reading.values.get(name), values.get(owner)];
      if (here === undefined) continue;
      if (before === undefined) {
        values.set(owner, here);
        first.set(owner, name);
      } else if (here.data.some((value, index) => value !== before.data[index]))
        clashes.push(`not equal: the values for "${name}", which is tied to "${first.get(owner)}"`);
    }
  }
  return { values, clashes };
}

/** What a layer does without, unless it is tied and given elsewhere. */
function missing(place: Place, reading: Reading | undefined, values: ReadonlyMap<string, Tensor>): string[] {
  const without = parametersOf(place).filter(({ name }) => reading?.values.has(name) !== true);
  if (without.length > 0 && without.every(({ owner }) => values.has(owner))) return [];
  return reading?.missing ?? [`missing: the tensors of ${need(place)}`];
}

function parametersOf({ directions }: Place): PlaceParameter[] {
  return directions.flatMap(({ parameters }) => parameters);
}

/** The tensors with the prefix that nobody wants ignored. */
function chosen(weights: Weights, prefix: string, ignore: readonly string[]): Map<string, Tensor> {
  if (!Array.isArray(ignore))
    throw new ArgumentError(`ignore of importWeights must be a list of names, received ${describe(ignore)}.`);
  const isIgnored = (name: string) =>
    ignore.some((each) => name === each || name.startsWith(`${each}.`) || name.startsWith(`${each}/`));
  const found = new Map<string, Tensor>();
  for (const [name, tensor] of entriesOf(weights)) {
    if (!(tensor instanceof Tensor)) {
      throw new ArgumentError(`importWeights wants tensors by name, but "${name}" is ${describe(tensor)}.`);
    }
    if (name.startsWith(prefix) && !isIgnored(name)) found.set(name, tensor);
  }
  return found;
}

function entriesOf(weights: Weights): Iterable<[string, unknown]> {
  if (weights instanceof Map) return weights;
  if (
    typeof weights !== "object" ||
    weights === null ||
    ArrayBuffer.isView(weights) ||
    bytesOf(weights) !== undefined
  ) {
    throw new ArgumentError(
      `importWeights wants what readSafetensors gives, or tensors by name, received ${describe(weights)}.`,
    );
  }
  const { tensors } = weights as SafetensorsFile;
  return tensors instanceof Map ? tensors : Object.entries(weights);
}

function notFinite({ values }: Reading): string[] {
  return [...values].flatMap(([name, { data }]) => {
    const at = data.findIndex((value) => !Number.isFinite(value));
    return at < 0 ? [] : [`not finite: ${data[at]} among the values for "${name}"`];
  });
}

function leftOver(modules: readonly Module[], used: readonly Module[], strangers: readonly string[]): string[] {
  const unused = modules.filter((module) => !used.includes(module)).flatMap(tensorsOf);
  const names = [
    ...unused.map(({ name, tensor }) => `"${name}" ${show(tensor.shape)}`),
    ...strangers.map((name) => `"${name}"`),
  ];
  return names.length === 0 ? [] : [`left over: ${names.join(", ")}`];
}

function need(place: Place): string {
  const parameters = parametersOf(place).map(({ name, shape }) => `${name} ${show(shape)}`);
  return `${placeTitle(place)} (${parameters.join(", ")})`;
}

function report({ title }: Dialect, places: readonly Place[], problems: readonly string[]): string {
  const lines = problems.map((problem) => `\n  ${problem}.`);
  return `these weights (${title}) do not fit the model (${places.map(placeTitle).join("; ")}):${lines.join("")}`;
}
