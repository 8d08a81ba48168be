import { FormatError } from "../errors.js";
import { elements } from "../shape.js";
import { Tensor } from "../tensor/tensor.js";
import { type ElementType, elementTypes } from "./elementTypes.js";
import type { Json } from "./json.js";
import { arrayOf, FILE, IN_PYTHON, type JsonObject, member, objectOf, textAt } from "./kerasJson.js";
import { filesInOrder, type WeightFiles } from "./weightFiles.js";

/** Element types by what a manifest calls them. */
const TYPES: Readonly<Record<string, string>> = { float32: "F32", float16: "F16", uint8: "U8", uint16: "U16" };

/** Types of the size of others that only tensors have which are passed over. */
const PASSED_OVER: Readonly<Record<string, string>> = { bool: "BOOL", complex64: "F64", int32: "I32" };

/** One tensor of a manifest: how it lies in the bytes, and how numbers are made of it. */
interface Entry {
  readonly name: string;
  readonly shape: number[];
  readonly type: string;
  /** value = stored · scale + least, of whole numbers that stand for floats. */
  readonly scale?: { readonly factor: number; readonly least: number };
  /** Whether a network has it: an optimizer's tensors are passed over. */
  readonly isWeight: boolean;
}

/** The files of a group, one after the other, and what lies in them. */
interface Group {
  readonly paths: readonly string[];
  readonly entries: readonly Entry[];
}

/** The groups of a `model.json`; undefined where it lists no weights. */
function groupsOf(root: JsonObject): Group[] | undefined {
  const specs = member(root, "weight_specs");
  const manifest = member(root, "weights_manifest");
  if (specs !== undefined && manifest === undefined) return [{ paths: ["weightData"], entries: entriesOf(specs) }];
  if (manifest === undefined) return undefined;
  return arrayOf(manifest, "weightsManifest").map((each) => {
    const group = objectOf(each, "a group of weightsManifest");
    const paths = arrayOf(member(group, "paths"), "paths of weightsManifest").map(String);
    return { paths, entries: entriesOf(member(group, "weights")) };
  });
}

function entriesOf(list: Json | undefined): Entry[] {
  return arrayOf(list, "weights of weightsManifest").map((each) => {
    const entry = objectOf(each, "an entry of weightsManifest");
    const name = textAt(entry, "name", "an entry of weightsManifest");
    const shape = arrayOf(member(entry, "shape"), `shape of "${name}"`);
    if (!shape.every((size) => typeof size === "number" && Number.isInteger(size) && size >= 0))
      throw new FormatError(`${FILE}: the shape of "${name}" is ${JSON.stringify(shape)}, which is none.`);
    const isWeight = member(entry, "group") !== "optimizer";
    const storage = isWeight ? storageOf(entry, name) : { type: sizeTypeOf(entry, name) };
    return { name, shape: shape as number[], isWeight, ...storage };
  });
}

/** A type of the size that a tensor has which no network needs. @throws FormatError when its size is not known */
function sizeTypeOf(entry: JsonObject, name: string): string {
  const quantization = member(entry, "quantization") ?? null;
  const stored = quantization === null ? entry : objectOf(quantization, `quantization of "${name}"`);
  const dtype = textAt(stored, "dtype", `"${name}"`);
  for (const table of [TYPES, PASSED_OVER]) if (Object.hasOwn(table, dtype)) return table[dtype] as string;
  const known = Object.keys(TYPES).concat(Object.keys(PASSED_OVER));
  throw new FormatError(`${FILE}: "${name}" is ${dtype}; known are ${known.join(", ")}.`);
}

/** How the numbers of a tensor are stored. @throws FormatError when they are no floats, or stored in an unknown way */
function storageOf(entry: JsonObject, name: string): Pick<Entry, "type" | "scale"> {
  const dtype = textAt(entry, "dtype", `"${name}"`);
  const quantization = member(entry, "quantization") ?? null;
  if (quantization === null && dtype === "float32") return { type: "F32" };
  const stored = quantization === null ? dtype : textAt(objectOf(quantization, "quantization"), "dtype", `"${name}"`);
  if (quantization === null || dtype !== "float32" || !Object.hasOwn(TYPES, stored)) {
    const how = quantization === null ? dtype : `${dtype} stored as ${stored}`;
    throw new FormatError(`${FILE}: "${name}" is ${how}; float32 is read, also stored as float16, uint8 or uint16.`);
  }
  const type = TYPES[stored] as string;
  if (stored.startsWith("float")) return { type };
  const number = (key: string): number => {
    const value = member(quantization as JsonObject, key);
    if (typeof value === "number") return value;
    throw new FormatError(`${FILE}: the quantization of "${name}" has no ${key}.`);
  };
  return { type, scale: { factor: number("scale"), least: number("min") } };
}

/**
 * The tensors of a manifest's files. Shards may cut a tensor anywhere.
 * @param given the files in the manifest's order, or by its paths, or all of them as one
 * @throws FormatError when a file is missing or their bytes are not as many as the manifest says
 * @throws ArgumentError when they are no bytes
 */
export function readManifest(root: JsonObject, given: WeightFiles): Map<string, Tensor> {
  const groups = groupsOf(root);
  if (groups === undefined)
    throw new FormatError(`${FILE} has no weightsManifest: the weights are wanted by name, no bytes. ${IN_PYTHON}`);
  const paths = groups.flatMap((group) => group.paths);
  const files = filesInOrder(given, paths, { owner: "loadKeras", file: FILE });
  if (files.length !== 1 && files.length !== paths.length) {
    const count = `${files.length} ${files.length === 1 ? "file was" : "files were"} given`;
    throw new FormatError(`${FILE} names ${paths.length} files of weights (${paths.join(", ")}), but ${count}.`);
  }
  requireSizes(groups, files);
  const bytes = joined(files);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tensors = new Map<string, Tensor>();
  let at = 0;
  for (const entry of groups.flatMap(({ entries }) => entries)) {
    if (tensors.has(entry.name)) throw new FormatError(`${FILE} lists "${entry.name}" twice.`);
    if (entry.isWeight) tensors.set(entry.name, tensorAt(view, at, entry));
    at += sizeOf(entry);
  }
  return tensors;
}

/** Group by group where the files are given one by one, so that the error can name them. */
function requireSizes(groups: readonly Group[], files: readonly Uint8Array[]): void {
  const isWhole = files.length === 1;
  const whole = { paths: groups.flatMap(({ paths }) => paths), entries: groups.flatMap(({ entries }) => entries) };
  let first = 0;
  for (const { paths, entries } of isWhole ? [whole] : groups) {
    const own = isWhole ? files : files.slice(first, first + paths.length);
    first += paths.length;
    const found = own.reduce((sum, { length }) => sum + length, 0);
    const wanted = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
    if (found === wanted) continue;
    throw new FormatError(`${paths.join(", ")}: ${found} bytes were given where ${FILE} describes ${wanted}.`);
  }
}

function joined(files: readonly Uint8Array[]): Uint8Array {
  const [first] = files;
  if (files.length === 1 && first !== undefined) return first;
  const bytes = new Uint8Array(files.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const file of files) {
    bytes.set(file, at);
    at += file.length;
  }
  return bytes;
}

function sizeOf({ shape, type }: Entry): number {
  return elements(shape) * (elementTypes.get(type) as ElementType).size;
}

function tensorAt(view: DataView, at: number, { shape, type, scale }: Entry): Tensor {
  const stored = (elementTypes.get(type) as ElementType).floats(view, at, elements(shape));
  return new Tensor(scale === undefined ? stored : stored.map((value) => value * scale.factor + scale.least), shape);
}
