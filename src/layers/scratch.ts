import { core } from "../wasm/core.js";
import type { Region } from "../wasm/region.js";

/** Room for the panels of a weight gradient [gateWidth, width] over at most `rows` rows. */
export function gradientScratch(region: Region, gateWidth: number, width: number, rows: number): number {
  return region.words(Math.min(rows, core().outerRows()) * (gateWidth + 8 * Math.ceil(width / 8)));
}
