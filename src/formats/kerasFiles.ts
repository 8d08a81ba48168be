import { ArgumentError, FormatError } from "../errors.js";
import { describe } from "../shape.js";
import { bytesOf } from "./bytes.js";
import { FILE } from "./kerasJson.js";

/** A file of weights. */
export type WeightFile = Uint8Array | ArrayBuffer;

/** Files of weights in the order of a manifest, or by their paths in it. */
export type WeightFiles =
  | WeightFile
  | readonly WeightFile[]
  | ReadonlyMap<string, WeightFile>
  | Readonly<Record<string, WeightFile>>;

/** Whether somebody gave files: bytes, a list, or bytes by name. */
export function isFiles(given: unknown): given is WeightFiles {
  if (bytesOf(given) !== undefined || Array.isArray(given)) return true;
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given)) return false;
  const values = given instanceof Map ? [...given.values()] : Object.values(given);
  return values.some((value) => bytesOf(value) !== undefined);
}

/**
 * The bytes of files in the order of the manifest's paths; a list keeps its own.
 * @throws FormatError when a file is missing, not the manifest's, or stands where it cannot
 * @throws ArgumentError when a file is no bytes
 */
export function filesInOrder(given: WeightFiles, paths: readonly string[]): Uint8Array[] {
  if (Array.isArray(given) || bytesOf(given) !== undefined) {
    const files = (Array.isArray(given) ? given : [given]).map(fileOf);
    if (files.length === paths.length) requireOrder(files, paths);
    return files;
  }
  const files = new Map<string, unknown>(given instanceof Map ? given : Object.entries(given));
  const names = [...files.keys()];
  const chosen = paths.map((path) => nameOf(path, paths, names));
  const missing = paths.filter((_, index) => chosen[index] === undefined);
  const unknown = names.filter((name) => !chosen.includes(name));
  if (missing.length + unknown.length === 0) return chosen.map((name) => fileOf(files.get(name as string)));
  const faults = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.join(", ")}`] : []),
  ];
  throw new FormatError(
    `${FILE} names the files of weights ${paths.join(", ")}, given are others: ${faults.join("; ")}.`,
  );
}

/** The name under which a file was given: its path, or what follows the last "/" where that says which it is. */
function nameOf(path: string, paths: readonly string[], names: readonly string[]): string | undefined {
  if (names.includes(path)) return path;
  const last = (of: string): string => of.slice(of.lastIndexOf("/") + 1);
  const isSame = (of: string): boolean => last(of) === last(path);
  const [name, ...others] = names.filter(isSame);
  return others.length === 0 && paths.filter(isSame).length === 1 ? name : undefined;
}

function fileOf(given: unknown): Uint8Array {
  const bytes = bytesOf(given);
  if (bytes !== undefined) return bytes;
  throw new ArgumentError(
    `loadKeras wants the files of weights as Uint8Arrays or ArrayBuffers, received ${describe(given)}.`,
  );
}

/** Bytes of the files `group1-shard1of3.bin` … that TensorFlow.js and its converter write; a group's last may be smaller. */
const SHARD = 4194304;

/** Refuses an order that a shard of the usual size behind a smaller one betrays. */
function requireOrder(files: readonly Uint8Array[], paths: readonly string[]): void {
  for (let index = 1; index < files.length; index++) {
    const [path, before] = [paths[index] as string, paths[index - 1] as string];
    const [group] = /^.*-shard(?=\d+of\d+)/.exec(path) ?? [];
    const [size, sizeBefore] = [(files[index] as Uint8Array).length, (files[index - 1] as Uint8Array).length];
    if (group === undefined || !before.startsWith(group) || size !== SHARD || sizeBefore >= SHARD) continue;
    throw new FormatError(
      `${before}: ${sizeBefore} bytes were given, and ${size} for ${path}, but only the last shard is smaller than others. Give the files in the order of ${FILE}, or by name: { "${path}": bytes }.`,
    );
  }
}
