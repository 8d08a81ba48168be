import type { Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import type { Region } from "../wasm/region.js";

/** Floats of panels for `columns` columns over an inner length. */
export const panelWords = (columns: number, inner: number): number => Math.ceil(columns / 8) * 8 * inner;

/** Room for the panels of a weight gradient [gateWidth, width] over at most `rows` rows. */
export function gradientScratch(region: Region, gateWidth: number, width: number, rows: number): number {
  return region.words(gradientWords(gateWidth, width, rows));
}

/**
 * The same for the gradient of an input's weights [gateWidth, width of the input], which one-hot rows are added to in panels of
 * its own, and where others are summed too, of rows up to `width` wide.
 */
export function inputScratch(region: Region, gateWidth: number, input: Rows, width = 0): number {
  const { tokens, layout } = input;
  const widest = tokens ? width : Math.max(input.width, width);
  const own = tokens ? panelWords(gateWidth, input.width) : 0;
  return region.words(Math.max(own, gradientWords(gateWidth, widest, layout.capacity.rows)));
}

function gradientWords(gateWidth: number, width: number, rows: number): number {
  return Math.min(rows, core().outerRows()) * (gateWidth + 8 * Math.ceil(width / 8));
}
