import { ints } from "../wasm/memory.js";
import type { Region } from "../wasm/region.js";

/** A struct of the core with whole numbers in its fields, 0 in those left out. @param offsets of its fields, in words @returns its address */
export function writeStruct<Offsets extends { readonly size: number }>(
  region: Region,
  offsets: Offsets,
  fields: { readonly [Name in keyof Offsets]?: number },
): number {
  const address = region.words(offsets.size);
  for (const name in fields) ints[(address >> 2) + (offsets[name] as number)] = fields[name] as number;
  return address;
}
