import { ArgumentError, FormatError } from "../errors.js";
import { describe } from "../shape.js";
import { bytesOf } from "./bytes.js";

/** A file of weights. */
export type WeightFile = Uint8Array | ArrayBuffer;

/** Files of weights by their paths, or at least by what follows the last "/" there. */
export type FilesByPath = ReadonlyMap<string, WeightFile> | Readonly<Record<string, WeightFile>>;

/** Files of weights in the order of the paths that another file names, or by these paths. */
export type WeightFiles = WeightFile | readonly WeightFile[] | FilesByPath;

/** The function that wants files of weights, and the file that names them, for errors. */
export interface Naming {
  readonly owner: string;
  readonly file: string;
}

/** Whether somebody gave files: bytes, a list, or bytes by name. */
export function isFiles(given: unknown): given is WeightFiles {
  if (bytesOf(given) !== undefined || Array.isArray(given)) return true;
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given)) return false;
  const values = given instanceof Map ? [...given.values()] : Object.values(given);
  return values.some((value) => bytesOf(value) !== undefined);
}

/** The bytes of all files. @throws ArgumentError when one is no bytes */
export function allFiles(given: WeightFiles, naming: Naming): Uint8Array[] {
  const named = given instanceof Map ? [...given.values()] : Object.values(given);
  const files = bytesOf(given) !== undefined ? [given] : Array.isArray(given) ? given : named;
  return files.map((file) => fileOf(file, naming));
}

/**
 * The bytes of files in the order of paths; a list keeps its own.
 * @throws FormatError when a file is missing, not one of the paths', or stands where it cannot
 * @throws ArgumentError when a file is no bytes
 */
export function filesInOrder(given: WeightFiles, paths: readonly string[], naming: Naming): Uint8Array[] {
  if (Array.isArray(given) || bytesOf(given) !== undefined) {
    const files = allFiles(given, naming);
    if (files.length === paths.length) requireOrder(files, paths, naming);
    return files;
  }
  const files = new Map<string, unknown>(given instanceof Map ? given : Object.entries(given));
  const names = [...files.keys()];
  const chosen = paths.map((path) => nameOf(path, paths, names));
  const missing = paths.filter((_, index) => chosen[index] === undefined);
  const unknown = names.filter((name) => !chosen.includes(name));
  if (missing.length + unknown.length === 0) return chosen.map((name) => fileOf(files.get(name as string), naming));
  const faults = [
    ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ...(unknown.length > 0 ? [`unknown: ${unknown.join(", ")}`] : []),
  ];
  throw new FormatError(
    `${naming.file} names the files of weights ${paths.join(", ")}, given are others: ${faults.join("; ")}.`,
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

function fileOf(given: unknown, { owner }: Naming): Uint8Array {
  const bytes = bytesOf(given);
  if (bytes !== undefined) return bytes;
  throw new ArgumentError(
    `${owner} wants the files of weights as Uint8Arrays or ArrayBuffers, received ${describe(given)}.`,
  );
}

/** Bytes of the files `group1-shard1of3.bin` … that TensorFlow.js and its converter write; a group's last may be smaller. */
const SHARD = 4194304;

/** Refuses an order that a shard of the usual size behind a smaller one betrays. */
function requireOrder(files: readonly Uint8Array[], paths: readonly string[], { file }: Naming): void {
  for (let index = 1; index < files.length; index++) {
    const [path, before] = [paths[index] as string, paths[index - 1] as string];
    const [group] = /^.*-shard(?=\d+of\d+)/.exec(path) ?? [];
    const [size, sizeBefore] = [(files[index] as Uint8Array).length, (files[index - 1] as Uint8Array).length];
    if (group === undefined || !before.startsWith(group) || size !== SHARD || sizeBefore >= SHARD) continue;
    throw new FormatError(
      `${before}: ${sizeBefore} bytes were given, and ${size} for ${path}, but only the last shard is smaller than others. Give the files in the order of ${file}, or by name: { "${path}": bytes }.`,
    );
  }
}
