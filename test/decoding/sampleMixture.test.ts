import { expect, test } from "vitest";
import { sampleMixture, Tensor } from "../../src/index.js";

/** 20 000 rows of the same mixture: a mean is off by some 0.7 % of a deviation, four of those are allowed. */
const ROWS = 20_000;
const NEAR = 0.03;

function repeated(row: readonly number[]): Tensor {
  return new Tensor(
    Float32Array.from({ length: ROWS * row.length }, (_, at) => row[at % row.length]),
    [ROWS, row.length],
  );
}

function moments(values: ArrayLike<number>) {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, deviation: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) };
}

const columns = (drawn: Tensor, count: number) =>
  Array.from({ length: count }, (_, column) => drawn.data.filter((__, at) => at % count === column));

test("components are drawn by their weights, values by their Gaussian", () => {
  // Weights 0.8 and 0.2; means −5 and 5; deviations 0.5 and 2.
  const output = repeated([Math.log(4), 0, -5, 5, Math.log(0.5), Math.log(2)]);
  const drawn = sampleMixture(output, { components: 2, seed: 3 });
  expect(drawn.shape).toEqual([ROWS, 1]);
  const [left, right] = [drawn.data.filter((value) => value < -2), drawn.data.filter((value) => value >= -2)];
  expect(left.length / ROWS).toBeCloseTo(0.8, 1);
  expect(Math.abs(moments(left).mean + 5)).toBeLessThan(NEAR * 0.5);
  expect(Math.abs(moments(left).deviation - 0.5)).toBeLessThan(NEAR);
  // Four deviations in 4 000 rows.
  expect(Math.abs(moments(right).mean - 5)).toBeLessThan(0.13);
  expect(Math.abs(moments(right).deviation - 2)).toBeLessThan(0.1);
});

test("correlated values lean on each other, and one category is drawn by its share", () => {
  const rho = 0.6;
  const pen = [0, Math.log(2), Math.log(7)];
  const drawn = sampleMixture(repeated([0, 1, -1, 0, Math.log(3), Math.atanh(rho), ...pen]), {
    components: 1,
    correlated: true,
    categories: 3,
  });
  const [x, y, ...choices] = columns(drawn, 5);
  const [mx, my] = [moments(x), moments(y)];
  const covariance =
    Array.from(x, (value, at) => (value - mx.mean) * (y[at] - my.mean)).reduce((a, b) => a + b, 0) / ROWS;
  expect(Math.abs(mx.mean - 1)).toBeLessThan(NEAR);
  expect(Math.abs(my.deviation - 3)).toBeLessThan(3 * NEAR);
  expect(Math.abs(covariance / (mx.deviation * my.deviation) - rho)).toBeLessThan(NEAR);
  choices.forEach((choice, category) => {
    expect(Math.abs(moments(choice).mean - [0.1, 0.2, 0.7][category])).toBeLessThan(NEAR);
  });
  for (let row = 0; row < ROWS; row++) expect(choices.reduce((sum, choice) => sum + choice[row], 0)).toBe(1);
});

test("temperature: 0 gives the heaviest component's mean, less than 1 narrows it", () => {
  const output = repeated([0, 1, 3, 7, 0, 0]);
  const coldest = sampleMixture(output, { components: 2, temperature: 0 });
  expect(new Set(coldest.data)).toEqual(new Set([7]));
  const single = repeated([0, 2, 0]);
  expect(
    Math.abs(moments(sampleMixture(single, { components: 1, temperature: 0.25 }).data).deviation - 0.5),
  ).toBeLessThan(NEAR);
});

test("draws are addressed: by seed, step and row, whatever the other rows hold", () => {
  const row = [0.3, -0.2, 1, -1, 0, 0.5];
  const options = { components: 2, seed: 5 };
  const two = sampleMixture(new Tensor(Float32Array.from([...row, ...row]), [2, 6]), options);
  const other = sampleMixture(
    new Tensor(Float32Array.from([...row.map((value) => value + 1), ...row]), [2, 6]),
    options,
  );
  expect(other.data[1]).toBe(two.data[1]);
  expect(two.data[0]).not.toBe(two.data[1]);
  const one = sampleMixture(row, options);
  expect(one.shape).toEqual([1]);
  expect(one.data[0]).toBe(two.data[0]);
  expect(sampleMixture(row, { ...options, step: 1 }).data[0]).not.toBe(one.data[0]);
  expect(sampleMixture(row, { ...options, seed: 6 }).data[0]).not.toBe(one.data[0]);
});

test("the same seed gives the same bits everywhere", () => {
  const output = new Tensor(
    Float32Array.from({ length: 26 }, (_, at) => Math.fround((at % 7) / 4 - 0.75)),
    [2, 13],
  );
  const drawn = sampleMixture(output, { components: 2, categories: 3, seed: 11 });
  expect(drawn.shape).toEqual([2, 5]);
  expect([...new Uint32Array(drawn.data.buffer)]).toMatchInlineSnapshot(`
    [
      1071002072,
      1051566921,
      1065353216,
      0,
      0,
      3220670256,
      1060533498,
      0,
      1065353216,
      0,
    ]
  `);
});
