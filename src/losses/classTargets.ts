import { owned, Sequences } from "../data/sequences.js";
import { ArgumentError } from "../errors.js";
import { ints } from "../wasm/memory.js";
import { eachValue, rowTargets, weightsOfRows } from "./rowTargets.js";
import type { RowWeights } from "./rowWeights.js";
import type { TargetKind } from "./targetKind.js";

/** Class numbers: one for each output row. */
export const classTargets: TargetKind = {
  name: "classes",
  isOfRows: true,
  describe: ({ each }) => `class numbers ${each === "step" ? "[batch, time]" : "[batch]"}`,
  bind(data, output, { ignoreIndex }) {
    const rows = rowTargets(data, output);
    // 0 where no sequence has a step.
    if (rows.width > 1) return undefined;
    const weights = weightsOfRows(data, output, rows);
    const classes = ownClasses(rows, output.width, ignoreIndex, weights);
    const isOwnEnd = output.hasOwnSteps && ignoreIndex !== undefined;
    return { kind: classTargets, rows: isOwnEnd ? withoutEnd(classes, ignoreIndex) : classes, weights };
  },
  room({ layout, region }) {
    const address = region.words(layout.capacity.rows);
    const target = { address, stride: 0 };
    return ({ rows: { values, starts } }, examples) => {
      for (let rank = 0; rank < layout.sequences; rank++) {
        const from = (starts[examples[layout.order[rank] as number] as number] as number) + layout.offset;
        for (let time = 0; time < (layout.lengths[rank] as number); time++)
          ints[(address >> 2) + layout.firstRow(time) + rank] = values[from + time] as number;
      }
      return target;
    };
  },
};

/** A copy that nobody can change: a kernel reads where a class number points. */
function ownClasses(
  given: Sequences,
  classes: number,
  ignoreIndex: number | undefined,
  weights: RowWeights | undefined,
): Sequences {
  eachValue(given, weights, (value, index, step) => {
    if ((Number.isInteger(value) && value >= 0 && value < classes) || value === ignoreIndex) return;
    const or = ignoreIndex === undefined ? "" : `, or ${ignoreIndex} for none`;
    throw new ArgumentError(
      `a class must be a whole number from 0 to ${classes - 1}${or}, received ${value} in target ${index}, step ${step}.`,
    );
  });
  return owned(given);
}

/** Targets that have steps of their own end before the ignored ones that fill them up. */
function withoutEnd({ values, starts, lengths, axes }: Sequences, ignoreIndex: number): Sequences {
  const ends = lengths.map((length, index) => {
    let end = length;
    while (end > 0 && values[(starts[index] as number) + end - 1] === ignoreIndex) end--;
    return end;
  });
  return new Sequences(values, starts, ends, 1, axes, lengths);
}
