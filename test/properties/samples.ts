import { cells } from "../../src/cells/index.js";
import { type CellVariant, cellVariants } from "../oracle/cellVariants.js";
import { recurrentSample } from "../oracle/recurrentSample.js";
import type { RecurrentResult, RecurrentRun } from "../support/subjectContract.js";
import { rows } from "./bits.js";

export type Run = RecurrentRun<Float32Array>;
export type Result = RecurrentResult<Float32Array>;

/** Around the widths of vectors (4), panels (8) and the tiles of 4 rows. */
const sizes = [
  { inputSize: 1, units: 1 },
  { inputSize: 3, units: 5 },
  { inputSize: 8, units: 16 },
  { inputSize: 5, units: 33 },
];

/** Lengths that leave 9, 8, … 1 rows in a step, in no order, so that every tile of the products takes part. */
const LENGTHS = [3, 0, 7, 1, 5, 7, 2, 6, 4, 1];

interface Size {
  readonly inputSize: number;
  readonly units: number;
}

function sample({ label, cell, options }: CellVariant, size: Size, reverse: boolean): { label: string; run: Run } {
  const batch = { batch: LENGTHS.length, steps: 7, lengths: LENGTHS };
  return {
    label: `${label}, ${size.inputSize} inputs, ${size.units} units${reverse ? ", reverse" : ""}`,
    run: recurrentSample({ cell, options, ...size, ...batch, reverse, seed: 77 }),
  };
}

/** What the laws are tried on: every registered cell, several sizes, both directions; its option sets at one size. */
export const samples = Object.keys(cells).flatMap((cell) => {
  const [standard, ...others] = cellVariants(cell);
  const ofStandard = sizes.flatMap((size) => [false, true].map((reverse) => sample(standard, size, reverse)));
  return [...ofStandard, ...others.map((variant, index) => sample(variant, sizes[1], index % 2 === 1))];
});

/** The same batch without lengths: all sequences full. */
export function full(run: Run): Run {
  const { lengths: _, ...rest } = run;
  return rest;
}

/** The batch made of these sequences, in this order. */
export function pick(run: Run, sequences: readonly number[]): Run {
  const { initial, lengths, dOutput, dFinal } = run;
  const gather = (values: Float32Array, width: number): Float32Array =>
    Float32Array.from(sequences.flatMap((sequence) => Array.from(rows(values, width, sequence, sequence + 1))));
  return {
    ...run,
    batch: sequences.length,
    x: gather(run.x, run.steps * run.inputSize),
    ...(lengths === undefined ? {} : { lengths: sequences.map((sequence) => lengths[sequence]) }),
    ...(initial === undefined ? {} : { initial: initial.map((state) => gather(state, run.units)) }),
    ...(dOutput === undefined ? {} : { dOutput: gather(dOutput, run.steps * run.units) }),
    ...(dFinal === undefined ? {} : { dFinal: dFinal.map((state) => gather(state, run.units)) }),
  };
}

/** The results that belong to single sequences, and how many values one sequence has in each. */
export function perSequence(run: Run, result: Result): { name: string; values: Float32Array; width: number }[] {
  const { output, final, dX, dInitial } = result;
  if (dX === undefined || dInitial === undefined) throw new Error("the run gave no derivatives");
  return [
    { name: "output", values: output, width: run.steps * run.units },
    ...final.map((values, index) => ({ name: `final ${index}`, values, width: run.units })),
    { name: "dX", values: dX, width: run.steps * run.inputSize },
    ...dInitial.map((values, index) => ({ name: `dInitial ${index}`, values, width: run.units })),
  ];
}
