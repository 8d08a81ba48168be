import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../examples/data/", import.meta.url);

/** Path of a folder of the examples' data. */
export function dataFolder(name: string): string {
  return fileURLToPath(new URL(`${name}/`, folder));
}

/** Text of a file of the examples' data. */
export function dataFile(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, folder)), "utf8");
}
