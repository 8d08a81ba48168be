import { FormatError } from "../errors.js";
import type { Json } from "./json.js";

/** An object of the file. */
export type JsonObject = Map<string, Json>;

/** What errors call the file. */
export const FILE = "model.json";

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
