import { expect, test } from "vitest";
import { dataset } from "../../src/data/dataset.js";
import { fingerprint } from "../../src/data/fingerprint.js";
import { type Data, tensor, windows } from "../../src/index.js";
import { Hash } from "../../src/tensor/hash.js";

const of = (data: Data) => fingerprint(dataset(data));
const input = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];
const data: Data = { input, target: [7, 8] };

test("a fingerprint is of the examples, not of the form they were given in", () => {
  const wanted = of(data);
  expect(wanted).toMatch(/^[0-9a-f]{16}$/);
  expect(of({ input: tensor(input), target: Float32Array.of(7, 8) })).toBe(wanted);
  const padded = input.map((sequence) => [...sequence, [99]]);
  expect(of({ input: padded, target: [7, 8], lengths: [3, 3] })).toBe(wanted);
  const [single, column] = [
    [7, 8, 9],
    [[7], [8], [9]],
  ];
  expect(of({ input, target: [single, single] })).toBe(of({ input, target: [column, column] }));
  const series = windows([1, 2, 3, 4, 5, 6], { window: 2 });
  const copied = {
    input: [
      [[1], [2]],
      [[2], [3]],
      [[3], [4]],
      [[4], [5]],
    ],
    target: [3, 4, 5, 6],
  };
  expect(fingerprint(series)).toBe(of(copied));
  expect(fingerprint(series.slice(1, 3))).toBe(of({ input: copied.input.slice(1, 3), target: [4, 5] }));
});

test("everything that an update depends on changes it, each differently", () => {
  const states = { "0": { h: [[0], [1]] } };
  const others: Data[] = [
    data,
    { input: [...input].reverse(), target: [8, 7] },
    { input, target: [8, 7] },
    {
      input: [
        [[1], [2], [3.0000002]],
        [[4], [5], [6]],
      ],
      target: [7, 8],
    },
    {
      input: [
        [[1], [2], [3], [4]],
        [[5], [6]],
      ],
      target: [7, 8],
    },
    { input: [[[1, 2, 3]], [[4, 5, 6]]], target: [7, 8] },
    { ...data, lengths: [3, 2] },
    {
      ...data,
      mask: [
        [1, 1, 1],
        [1, 0, 1],
      ],
    },
    {
      ...data,
      mask: [
        [1, 1, 1],
        [1, 1, 0],
      ],
    },
    { ...data, weights: [1, 2] },
    { ...data, weights: [2, 1] },
    {
      ...data,
      weights: [
        [1, 2, 1],
        [1, 1, 1],
      ],
    },
    { ...data, initialState: states },
    { ...data, initialState: { "1": states["0"] } },
    { ...data, initialState: { "0": { h: [[0], [2]] } } },
  ];
  expect(new Set(others.map(of)).size).toBe(others.length);
});

test("no two of a hundred thousand words alone or in pairs have one hash", () => {
  const seen = new Set<string>();
  for (let word = 0; word < 50_000; word++) {
    seen.add(new Hash().word(word << 12).hex);
    seen.add(new Hash().word(word).word(7).hex);
  }
  expect(seen.size).toBe(100_000);
});
