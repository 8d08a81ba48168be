import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  embedding,
  gru,
  lstm,
  Model,
  paddingMask,
  ShapeError,
  sequential,
  Tensor,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";

const masks = (given: Tensor | Tensor[]) =>
  given instanceof Tensor ? { shape: given.shape, data: [...given.data] } : given.map(({ data }) => [...data]);

describe("paddingMask", () => {
  test("tokens: 0 is padding wherever it stands", () => {
    const found = paddingMask([
      [5, 3, 0, 0],
      [0, 2, 0, 1],
    ]);
    expect(masks(found)).toEqual({ shape: [2, 4], data: [1, 1, 0, 0, 0, 1, 0, 1] });
  });

  test("features: a step is padding where all of them are the value, as float32", () => {
    const input = [
      [
        [0.1, 0.1],
        [0.1, 0],
      ],
      [
        [0, 0],
        [0.1, 0.1],
      ],
    ];
    expect(masks(paddingMask(input, 0.1))).toEqual({ shape: [2, 2], data: [0, 1, 1, 0] });
    expect(masks(paddingMask(new Tensor(Float32Array.of(-0, 1, 2, 0), [1, 4, 1])))).toEqual({
      shape: [1, 4],
      data: [0, 1, 1, 0],
    });
  });

  test("sequences of different lengths have masks of theirs", () => {
    expect(masks(paddingMask([[1, 0, 2], [0], [3, 4]]))).toEqual([[1, 0, 1], [0], [1, 1]]);
    expect(masks(paddingMask([]))).toEqual({ shape: [0, 0], data: [] });
  });

  test("a padded batch gives the bits of the sequences alone", () => {
    using tagger = new Model(sequential(embedding(9, 3), lstm(4), gru(3)), { seed: 5 });
    const padded = [
      [3, 1, 4, 0, 0],
      [2, 7, 1, 8, 2],
    ];
    const output = tagger.predictBatch(padded, { mask: paddingMask(padded) });
    const alone = tagger.predict([3, 1, 4]);
    expectSameBits(output.data.subarray(0, 9), alone.data, "the steps that count");
    expectSameBits(output.data.subarray(9, 12), alone.data.slice(6), "a masked step repeats the last");
  });

  test("what is no input or no value is refused", () => {
    expectRefusal(() => paddingMask(7 as never), ArgumentError, "input of paddingMask must be");
    expectRefusal(() => paddingMask([[1]], Number.NaN), ArgumentError, "value of paddingMask must be a finite number");
    expectRefusal(() => paddingMask([[[[1]]]] as never), ShapeError, "input of paddingMask");
  });
});
