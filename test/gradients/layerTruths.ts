import { describe, expect, test } from "vitest";
import { gradientCheck, type Layer, loadModel, Model, meanSquaredError } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";

export const wave = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, index) => 0.7 * Math.sin((index + 1) * 12.9898 * seed));
export const steps = (count: number, width: number, seed: number): number[][] =>
  Array.from({ length: count }, (_, step) => wave(width, seed + step / 7));

/** Sequences of three features: of unequal lengths, an empty one among them, and of equal ones with steps that do not count. */
export const ragged = [4, 0, 2, 3].map((count, sequence) => steps(count, 3, 1 + sequence));
export const padded = [4, 4, 4, 4].map((count, sequence) => steps(count, 3, 1 + sequence));
export const mask = [
  [0, 1, 1, 0],
  [1, 0, 1, 1],
  [0, 0, 0, 0],
  [1, 1, 1, 1],
];

/** Numbers of the shape of a network's output. */
function targetFor(layer: Layer, input: number[][][]): number[][] | number[][][] {
  using model = new Model(layer, { inputSize: 3 });
  const { shape } = model.predictBatch(input);
  const width = shape.at(-1) as number;
  return shape.length === 2
    ? input.map((_, index) => wave(width, 3 + index))
    : input.map((sequence, index) => steps(sequence.length, width, 3 + index));
}

/** What holds for every network of three features. */
export function describeNetworks(networks: Readonly<Record<string, Layer>>): void {
  describe.each(Object.entries(networks))("%s", (_, layer) => {
    test.each([
      ["ragged", ragged, {}],
      ["masked", padded, { mask }],
    ] as const)("%s sequences: the gradient is the derivative", (__, input, extra) => {
      using model = new Model(layer, { inputSize: 3 });
      const data = { input, target: targetFor(layer, input), ...extra };
      const { passed, verdict } = gradientCheck(model, data, meanSquaredError);
      expect(passed, verdict).toBe(true);
    });

    test("saved and loaded it is the same", () => {
      using model = new Model(layer, { inputSize: 3 });
      using twin = loadModel(model.save());
      expectSameBits(twin.predictBatch(ragged).data, model.predictBatch(ragged).data, "prediction");
      expect(twin.summary()).toBe(model.summary());
    });
  });
}
