import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";

/** How two rows of the same width become one. */
export interface Merge {
  /** Width of the result. */
  width(width: number): number;
  forward(output: Rows, a: Rows, b: Rows): void;
  /** From the output's gradient to those of a and b. */
  backward(output: Rows, a: Rows, b: Rows): void;
}

const bytes = ({ width }: Rows): number => 4 * padded(width);

/** output = factor · (a + b). */
function weighted(factor: number): Merge {
  return {
    width: (width) => width,
    forward(output, a, b) {
      const { rows } = output.layout;
      core().scaleRows(output.address, output.stride, a.address, a.stride, rows, bytes(a), factor);
      core().addRows(output.address, output.stride, b.address, b.stride, rows, bytes(b), factor);
    },
    backward(output, a, b) {
      for (const { gradient, gradientStride } of [a, b]) {
        core().scaleRows(
          gradient,
          gradientStride,
          output.gradient,
          output.gradientStride,
          output.layout.rows,
          bytes(a),
          factor,
        );
      }
    },
  };
}

/** The ways of merging, by name. */
export const merges = {
  concat: {
    width: (width) => 2 * width,
    forward(output, a, b) {
      const { rows } = output.layout;
      const own = 4 * a.width;
      core().copyRows(output.address, output.stride, a.address, a.stride, rows, own);
      core().copyRows(output.address + own, output.stride, b.address, b.stride, rows, own);
    },
    backward(output, a, b) {
      const { rows } = output.layout;
      const own = 4 * a.width;
      core().copyRows(a.gradient, a.gradientStride, output.gradient, output.gradientStride, rows, own);
      core().copyRows(b.gradient, b.gradientStride, output.gradient + own, output.gradientStride, rows, own);
    },
  },
  sum: weighted(1),
  average: weighted(0.5),
  mul: {
    width: (width) => width,
    forward(output, a, b) {
      const { rows } = output.layout;
      core().multiplyRows(output.address, output.stride, a.address, a.stride, b.address, b.stride, rows, bytes(a), 1);
    },
    backward(output, a, b) {
      for (const [own, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const { rows } = output.layout;
        const { gradient, gradientStride } = output;
        core().multiplyRows(
          own.gradient,
          own.gradientStride,
          gradient,
          gradientStride,
          other.address,
          other.stride,
          rows,
          bytes(a),
          1,
        );
      }
    },
  },
} as const satisfies Record<string, Merge>;

/** Name of a way of merging. */
export type MergeName = keyof typeof merges;
