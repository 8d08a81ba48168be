import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";

/** How rows of several layers become one. Those that are added or multiplied have the same width. */
export interface Merge {
  /** Width of the result. */
  width(widths: readonly number[]): number;
  /** Rows start … start + rows − 1. */
  forward(output: Rows, parts: readonly Rows[], start: number, rows: number): void;
  /** From the output's gradient to those of the parts, where they have one. */
  backward(output: Rows, parts: readonly Rows[], start: number, rows: number): void;
}

const bytes = ({ width }: Rows): number => 4 * padded(width);
const valueRow = ({ address, stride }: Rows, row: number): number => address + row * stride;
const gradientRow = ({ gradient, gradientStride }: Rows, row: number): number => gradient + row * gradientStride;

/** output = factor · (a + b). */
function weighted(factor: number): Merge {
  return {
    width: ([width]) => width as number,
    forward(output, [a, b], start, rows) {
      const to = valueRow(output, start);
      const [first, second] = [a as Rows, b as Rows];
      core().scaleRows(to, output.stride, valueRow(first, start), first.stride, rows, bytes(first), factor);
      core().addRows(to, output.stride, valueRow(second, start), second.stride, rows, bytes(second), factor);
    },
    backward(output, parts, start, rows) {
      const from = gradientRow(output, start);
      for (const part of parts) {
        if (part.gradient === 0) continue;
        const to = gradientRow(part, start);
        core().scaleRows(to, part.gradientStride, from, output.gradientStride, rows, bytes(part), factor);
      }
    },
  };
}

/** The ways of merging, by name. */
export const merges = {
  concat: {
    width: (widths) => widths.reduce((sum, width) => sum + width, 0),
    forward(output, parts, start, rows) {
      let to = valueRow(output, start);
      for (const part of parts) {
        core().copyRows(to, output.stride, valueRow(part, start), part.stride, rows, 4 * part.width);
        to += 4 * part.width;
      }
    },
    backward(output, parts, start, rows) {
      let from = gradientRow(output, start);
      for (const part of parts) {
        const to = gradientRow(part, start);
        if (part.gradient !== 0)
          core().copyRows(to, part.gradientStride, from, output.gradientStride, rows, 4 * part.width);
        from += 4 * part.width;
      }
    },
  },
  sum: /* @__PURE__ */ weighted(1),
  average: /* @__PURE__ */ weighted(0.5),
  mul: {
    width: ([width]) => width as number,
    forward(output, [a, b], start, rows) {
      const [first, second] = [a as Rows, b as Rows];
      core().multiplyRows(
        valueRow(output, start),
        output.stride,
        valueRow(first, start),
        first.stride,
        valueRow(second, start),
        second.stride,
        rows,
        bytes(first),
        1,
      );
    },
    backward(output, [a, b], start, rows) {
      for (const [own, other] of [
        [a as Rows, b as Rows],
        [b as Rows, a as Rows],
      ] as const) {
        if (own.gradient === 0) continue;
        core().multiplyRows(
          gradientRow(own, start),
          own.gradientStride,
          gradientRow(output, start),
          output.gradientStride,
          valueRow(other, start),
          other.stride,
          rows,
          bytes(own),
          1,
        );
      }
    },
  },
} as const satisfies Record<string, Merge>;

/** Name of a way of merging. */
export type MergeName = keyof typeof merges;
