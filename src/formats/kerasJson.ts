import { ArgumentError, FormatError } from "../errors.js";
import { describe } from "../shape.js";
import { beginningOf, bytesOf } from "./bytes.js";
import { type Json, JsonReader } from "./json.js";
import { encodeUtf8 } from "./utf8.js";

/** An object of the file. */
export type JsonObject = Map<string, Json>;

/** What errors call the file. */
export const FILE = "model.json";

/** How files that are read are made of others. */
export const IN_PYTHON =
  'In Python write open("model.json", "w").write(model.to_json()) and safetensors.numpy.save_file({w.path: w.numpy() for w in model.weights}, "model.safetensors"), and give that as readSafetensors reads it.';

/**
 * The JSON object of a `model.json`.
 * @throws FormatError with the byte position when it is not JSON, ArgumentError when it is no text and no object
 */
export function readTopology(given: string | object): JsonObject {
  if ((typeof given !== "string" && typeof given !== "object") || given === null)
    throw new ArgumentError(`loadKeras wants a model.json as a text or an object, received ${describe(given)}.`);
  const bytes = bytesOf(given) ?? textBytes(given);
  // "." or a letter begins a path, 0x89 HDF5, "P" the archive that a .keras file is.
  if (/[^\s[{]/.test(String.fromCharCode(bytes[0] ?? 0)))
    throw new FormatError(
      `${FILE}: a JSON text is wanted, this begins with ${beginningOf(bytes)}. Read the file first; .h5 and .keras files are not read. ${IN_PYTHON}`,
    );
  const found = new JsonReader(bytes, 0, bytes.length, FILE).read();
  if (found instanceof Map) return found;
  throw new FormatError(`${FILE}: the text is JSON, but no object.`);
}

function textBytes(given: string | object): Uint8Array {
  try {
    return encodeUtf8(typeof given === "string" ? given : JSON.stringify(given));
  } catch (error) {
    throw new ArgumentError(`loadKeras wants a model.json that is plain JSON: ${(error as Error).message}`);
  }
}

/** A member by its name in snake_case, or the same in camelCase; undefined where there is neither. */
export function member(object: JsonObject, name: string): Json | undefined {
  return object.get(name) ?? object.get(name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** Whether an object anywhere inside has a member of that name. */
export function hasInside(value: Json, name: string): boolean {
  if (value instanceof Map && value.has(name)) return true;
  const inner = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return inner.some((each) => hasInside(each, name));
}

export function arrayOf(value: Json | undefined, owner: string): Json[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(`${FILE}: ${owner} must be a list.`);
}

export function objectOf(value: Json | undefined, owner: string): JsonObject {
  if (value instanceof Map) return value;
  throw new FormatError(`${FILE}: ${owner} must be an object.`);
}

export function textAt(object: JsonObject, name: string, owner: string): string {
  const value = member(object, name);
  if (typeof value === "string") return value;
  throw new FormatError(`${FILE}: ${name} of ${owner} must be a text.`);
}

/** `["lstm", 0, 1]`, which Keras 3 wraps in a description of the tensor. */
export function historyOf(given: Json): Json {
  const config = given instanceof Map ? member(given, "config") : undefined;
  return (config instanceof Map ? member(config, "keras_history") : undefined) ?? given;
}
