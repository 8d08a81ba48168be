import { writeRows } from "../data/batches.js";
import type { Sequences } from "../data/sequences.js";
import { ArgumentError } from "../errors.js";
import { padded } from "../tensor/rows.js";
import { eachValue, rowTargets, weightsOfRows } from "./rowTargets.js";
import type { RowWeights } from "./rowWeights.js";
import type { TargetKind, Wants } from "./targetKind.js";

/** Values: a row for each output row. */
export const valueTargets: TargetKind = {
  name: "values",
  isOfRows: true,
  describe: ({ each }, width) => (each === "step" ? `[batch, time, ${width}]` : `[batch, ${width}]`),
  bind(data, output, wants, width) {
    const rows = rowTargets(data, output);
    // 0 where no sequence has a step.
    if (rows.width !== width && rows.width !== 0) return undefined;
    const weights = weightsOfRows(data, output, rows);
    requireRange(rows, wants, weights);
    return { kind: valueTargets, rows, weights };
  },
  room({ layout, width, region }) {
    const stride = 4 * padded(width);
    const address = region.bytes(layout.capacity.rows * stride);
    const target = { address, gradient: 0, width, stride, gradientStride: stride, layout };
    return ({ rows }, examples) => {
      writeRows(target, rows, examples);
      return target;
    };
  },
};

/** @throws ArgumentError when a value that counts is none the loss is defined for */
function requireRange(rows: Sequences, { name, targetRange }: Wants, weights: RowWeights | undefined): void {
  if (targetRange === undefined) return;
  const [least, most] = targetRange;
  const range =
    most === Infinity ? `${least} or more` : least === -Infinity ? `${most} or less` : `from ${least} to ${most}`;
  eachValue(rows, weights, (value, index, step) => {
    if (value < least || value > most)
      throw new ArgumentError(`${name} wants targets ${range}, received ${value} in target ${index}, step ${step}.`);
  });
}
