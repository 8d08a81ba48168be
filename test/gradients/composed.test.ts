import { describe, expect, test } from "vitest";
import type { CellDefinition } from "../../src/cells/cell.js";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  backpropagate,
  bidirectional,
  dense,
  dropout,
  type Layer,
  Model,
  mean,
  meanSquaredError,
  type RecurrentOptions,
  recurrent,
  sequential,
} from "../../src/index.js";

/*
 * Options compose: every registered cell × direction × number of layers × initial state × noise × normalisation, over ragged
 * sequences with an empty one. A cell is tested here by being registered.
 */

const values = (count: number, seed: number) =>
  Array.from({ length: count }, (_, index) => 0.7 * Math.sin((index + 1) * 12.9898 * seed));
const ragged = [4, 0, 2, 3].map((steps, sequence) =>
  Array.from({ length: steps }, (_, step) => values(2, 1 + sequence + step / 7)),
);
const padded = ragged.map((_, sequence) => Array.from({ length: 3 }, (_, step) => values(2, 2 + sequence + step / 5)));
const target = [[0.1], [0.3], [-0.5], [0.2]];

/**
 * Differences at two steps, extrapolated (Richardson): what is left is their h⁴ error, and 3e-7 / h of float32's rounding in a
 * loss of about 1.
 */
const plain = { units: 3, step: 8e-3, tolerance: 1e-4 };

/**
 * Layer normalisation bends on the scale of the deviation that it divides by, which is small now and then: more units, smaller
 * steps, and with them more of the rounding.
 */
const normalized = { units: 7, step: 2e-3, tolerance: 6e-4 };

/** Options that keep a cell smooth: a central difference across a kink says nothing. */
const smooth: Partial<Record<CellName, object>> = { indRnn: { activation: "tanh" } };

const directions = {
  forward: (cell: CellDefinition, units: number, options: RecurrentOptions) => recurrent(cell, units, options),
  reverse: (cell: CellDefinition, units: number, options: RecurrentOptions) =>
    recurrent(cell, units, { ...options, direction: "reverse" }),
  bidirectional: (cell: CellDefinition, units: number, options: RecurrentOptions) =>
    bidirectional(recurrent(cell, units, options)),
};

function noiseOf(cell: CellDefinition, isNoisy: boolean): RecurrentOptions {
  if (!isNoisy) return {};
  return { zoneout: 0.3, recurrentDropout: cell.recurrentBlocks > 0 ? 0.3 : 0 };
}

interface Combination {
  readonly name: CellName;
  readonly direction: keyof typeof directions;
  readonly layers: number;
  readonly initialState: "zero" | "learned";
  readonly isNoisy: boolean;
  readonly normalization: "none" | "layer";
}

const combinations = (name: CellName): Combination[] =>
  (Object.keys(directions) as (keyof typeof directions)[]).flatMap((direction) =>
    [1, 2].flatMap((layers) =>
      (["zero", "learned"] as const).flatMap((initialState) =>
        [false, true].flatMap((isNoisy) =>
          (["none", "layer"] as const).map((normalization) => ({
            name,
            direction,
            layers,
            initialState,
            isNoisy,
            normalization,
          })),
        ),
      ),
    ),
  );

const measures = ({ normalization }: Combination) => (normalization === "layer" ? normalized : plain);

function network(combination: Combination): Layer {
  const { name, direction, layers, initialState, isNoisy, normalization } = combination;
  const cell: CellDefinition = cells[name];
  const options = { ...smooth[name], ...noiseOf(cell, isNoisy), initialState, normalization };
  const { units } = measures(combination);
  const stack = Array.from({ length: layers }, () => directions[direction](cell, units, options));
  const between = isNoisy ? [dropout(0.3)] : [];
  return sequential(...stack.flatMap((layer) => [layer, ...between]), mean(), dense(1));
}

/**
 * Where the differences are taken: initial values, but learned states away from 0, where layer normalisation bends on the
 * scale of √ε = 3e-3.
 */
function startOf(layer: Layer): Float32Array[] {
  using model = new Model(layer, { inputSize: 2, seed: 9 });
  return model.parameters.map((parameter, index) => {
    const { data } = parameter.read();
    return parameter.name.includes("initial_") ? Float32Array.from(values(data.length, 3 + index)) : data;
  });
}

function batchOf(model: Model, input: number[][][], start: readonly Float32Array[]): number {
  start.forEach((data, index) => {
    model.parameters[index]?.write(data);
  });
  return backpropagate(model, { input, target }, meanSquaredError);
}

/** The first batch of a new model, so that equal models meet equal noise. */
function firstBatch(layer: Layer, input: number[][][], start: readonly Float32Array[]) {
  using model = new Model(layer, { inputSize: 2, seed: 9 });
  const loss = batchOf(model, input, start);
  return { loss, gradients: model.parameters.map((parameter) => parameter.gradient().data) };
}

function largestDifference(layer: Layer, input: number[][][], step: number, isNoisy: boolean): number {
  const read = startOf(layer);
  const { gradients } = firstBatch(layer, input, read);
  // Without noise every batch of one model is as good as the first.
  using model = isNoisy ? undefined : new Model(layer, { inputSize: 2, seed: 9 });
  const lossOf = (start: readonly Float32Array[]) =>
    model === undefined ? firstBatch(layer, input, start).loss : batchOf(model, input, start);
  return Math.max(
    ...read.map((original, at) => {
      const index = (7 * at) % original.length;
      const lossAt = (offset: number) => {
        const moved = original.slice();
        moved[index] = (moved[index] as number) + offset;
        return lossOf(read.with(at, moved));
      };
      const difference = (offset: number) => (lossAt(offset) - lossAt(-offset)) / (2 * offset);
      const slope = (4 * difference(step / 2) - difference(step)) / 3;
      return Math.abs(slope - (gradients[at]?.[index] as number));
    }),
  );
}

describe.each(Object.keys(cells) as CellName[])("%s composes", (name) => {
  const label = ({ direction, layers, initialState, isNoisy, normalization }: Combination) =>
    `${direction}, ${layers} layers, ${initialState} initial state, ${isNoisy ? "with" : "without"} noise, normalization: ${normalization}`;

  test.each(combinations(name).map((combination) => [label(combination), combination] as const))(
    "%s",
    (_, combination) => {
      const layer = network(combination);
      const { step, tolerance } = measures(combination);
      expect(largestDifference(layer, ragged, step, combination.isNoisy)).toBeLessThan(tolerance);
      expect(largestDifference(layer, padded, step, combination.isNoisy)).toBeLessThan(tolerance);
    },
  );
});
