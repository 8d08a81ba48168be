import type { Layout } from "../tensor/layout.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import type { Region } from "../wasm/region.js";

const bytes = ({ width }: Rows): number => 4 * padded(width);

/** Room for rows of a layout, not one-hot ones, with a gradient where one is wanted. */
export function newRows(region: Region, layout: Layout, width: number, hasGradient: boolean): Rows {
  const stride = 4 * padded(width);
  const room = () => region.bytes(layout.capacity.rows * stride);
  const address = layout.keep(room(), stride);
  return { address, gradient: hasGradient ? room() : 0, width, stride, gradientStride: stride, tokens: 0, layout };
}

/** First row and number of rows of the steps from … to − 1. */
export function rowRange(layout: Layout, from: number, to: number): [start: number, rows: number] {
  const start = layout.firstRow(from);
  return [start, layout.firstRow(to) - start];
}

/** Row i becomes row index[i] of others, or 0 where that is −1. @param index address of i32 [count] */
export function gatherValues(to: Rows, from: Rows, index: number, count: number): void {
  core().gatherRows(to.address, to.stride, from.address, from.stride, index, count, bytes(to));
}

/** The same of the gradients. */
export function gatherGradients(to: Rows, from: Rows, index: number, count: number): void {
  core().gatherRows(to.gradient, to.gradientStride, from.gradient, from.gradientStride, index, count, bytes(to));
}

/** The gradient of row index[i] gets those of all rows i that it is named for; the others become 0. */
export function sumGradients(to: Rows, from: Rows, index: number, count: number): void {
  clearGradientRows(to);
  core().scatterAddRows(to.gradient, to.gradientStride, from.gradient, from.gradientStride, index, count, bytes(to));
}

/** Sets the gradient of all present rows to 0. */
export function clearGradientRows({ gradient, gradientStride, layout }: Rows): void {
  core().clear(gradient, layout.rows * gradientStride);
}
