import { describe, expect, it } from "vitest";
import { Scaler, type ScalerState, scaler } from "../../src/data/scaler.js";
import { ArgumentError, FormatError, ShapeError, StateError } from "../../src/errors.js";
import { tensor } from "../../src/tensor/tensor.js";

/** One rounding of a subtraction, a division and their inverses, relative to the values. */
const ROUNDING = 4 * 2 ** -52;

describe("scaler", () => {
  it("standard: mean 0 and population deviation 1, per feature", () => {
    const rows = [
      [1, 100],
      [2, 300],
      [6, 200],
    ];
    const scaled = scaler().fit(rows).transform(rows);
    for (const feature of [0, 1]) {
      const column = scaled.map((row) => row[feature]);
      expect(column.reduce((a, b) => a + b)).toBeCloseTo(0, 14);
      expect(column.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 14);
    }
    expect(scaled[2][0]).toBeCloseTo(3 / Math.sqrt(14 / 3), 14);
  });

  it("minMax: the ends of the data become exactly low and high", () => {
    expect([...scaler({ kind: "minMax" }).fit([3, 7, 5]).transform([3, 7, 5, 9])]).toEqual([0, 1, 0.5, 1.5]);
    expect([...scaler({ kind: "minMax", low: -1, high: 1 }).fit([3, 7, 5]).transform([3, 7, 5])]).toEqual([-1, 1, 0]);
  });

  it("robust: the median becomes 0 and the interquartile range 1, whatever an outlier does", () => {
    const fitted = scaler({ kind: "robust" }).fit([1, 2, 3, 4, 1e9]);
    expect([...fitted.transform([3, 5])]).toEqual([0, 1]);
  });

  it("inverse undoes transform, for every kind", () => {
    const values = [0.1, -1e6, 3.5, 2e5, 7];
    for (const kind of ["standard", "minMax", "robust"] as const) {
      const fitted = scaler({ kind }).fit(values);
      const back = fitted.inverse(fitted.transform(values));
      for (let i = 0; i < values.length; i++)
        expect(Math.abs(back[i] - values[i])).toBeLessThanOrEqual(ROUNDING * 1.2e6);
    }
  });

  it("a constant feature becomes low, is not divided by zero, and comes back", () => {
    for (const kind of ["standard", "minMax", "robust"] as const) {
      const rows = [
        [0.1, 1],
        [0.1, 2],
        [0.1, 4],
      ];
      const fitted = scaler({ kind }).fit(rows);
      const scaled = fitted.transform(rows);
      expect(scaled.map((row) => row[0])).toEqual([0, 0, 0]);
      expect(fitted.inverse(scaled).map((row) => row[0])).toEqual([0.1, 0.1, 0.1]);
      expect(fitted.transform([[0.6, 1]])[0][0]).toBe(0.5);
    }
  });

  it("learns from the training part alone: transforming other data changes nothing", () => {
    const fitted = scaler().fit([1, 2, 3]);
    const before = JSON.stringify(fitted);
    fitted.transform([1000, 2000]);
    fitted.inverse([5]);
    expect(JSON.stringify(fitted)).toBe(before);
  });

  it("gives data back in the form they came in", () => {
    const fitted = scaler({ kind: "minMax" }).fit([0, 2]);
    expect(fitted.transform(new Float32Array([1]))).toEqual(new Float64Array([0.5]));
    expect(fitted.transform([])).toEqual(new Float64Array(0));
    const pairs = scaler({ kind: "minMax" }).fit(
      tensor([
        [0, 10],
        [2, 30],
      ]),
    );
    expect(
      pairs.transform(
        tensor([
          [
            [1, 20],
            [2, 10],
          ],
        ]),
      ),
    ).toEqual(
      tensor([
        [
          [0.5, 0.5],
          [1, 0],
        ],
      ]),
    );
    expect(pairs.transform([[1, 20]])).toEqual([new Float64Array([0.5, 0.5])]);
  });

  it("comes back from JSON with the same bits", () => {
    for (const kind of ["standard", "minMax", "robust"] as const) {
      const fitted = scaler({ kind }).fit([0.1, 0.7, 1 / 3, 1e-7]);
      const twin = Scaler.fromJSON(JSON.parse(JSON.stringify(fitted)));
      expect(twin.transform([0.123, 9])).toEqual(fitted.transform([0.123, 9]));
      expect(JSON.stringify(twin)).toBe(JSON.stringify(fitted));
    }
  });

  it("refuses bad data with its position and keeps its earlier fit", () => {
    const fitted = scaler().fit([1, 2, 3]);
    const before = JSON.stringify(fitted);
    expect(() => fitted.fit([1, Number.NaN])).toThrow(/scaler.fit wants finite numbers, received NaN at index 1/);
    expect(() =>
      fitted.fit([
        [1, 2],
        [3, Infinity],
      ]),
    ).toThrow(/received Infinity at row 1, feature 1/);
    expect(() => fitted.fit([])).toThrow(/at least one value/);
    expect(() => fitted.fit([[1, 2], [3]])).toThrow(ShapeError);
    expect(() => fitted.fit([-1.7e308, 1.7e308])).toThrow(/more than a float64 holds/);
    for (const none of ["12", null, 3, {}])
      expect(() => fitted.fit(none as unknown as number[])).toThrow(/wants numbers \[N\], rows \[T, D\] or a tensor/);
    expect(() => fitted.fit(["1"] as unknown as number[])).toThrow(ArgumentError);
    expect(() => fitted.transform([[1, 2]])).toThrow(/fitted on 1 features but received 2/);
    expect(() => fitted.transform([Number.NaN])).toThrow(/scaler.transform wants finite numbers/);
    expect(JSON.stringify(fitted)).toBe(before);
  });

  it("refuses to work before fit, unknown options and damaged JSON", () => {
    expect(() => scaler().transform([1])).toThrow(StateError);
    expect(() => scaler().toJSON()).toThrow(/call fit/);
    expect(() => scaler({ kind: "standrd" as "standard" })).toThrow(/one of "standard", "minMax", "robust"/);
    expect(() => scaler({ kinds: "standard" } as object)).toThrow(/knows no option "kinds"/);
    for (const high of [1, 2])
      expect(() => scaler({ kind: "minMax", low: 2, high })).toThrow(/high must be above low, received 2 to/);
    for (const wish of [{ low: Number.NaN }, { high: Infinity }])
      expect(() => scaler({ kind: "minMax", ...wish })).toThrow(/must be a finite number/);
    expect(() => scaler({ low: 2 })).toThrow(/belong to kind "minMax"/);
    const good = scaler().fit([1, 2]).toJSON();
    const damaged: unknown[] = [
      null,
      {},
      { ...good, shift: [1, 2] },
      { ...good, scale: [0] },
      { ...good, kind: "x" },
      { ...good, shift: ["1"] },
    ];
    for (const state of damaged) expect(() => Scaler.fromJSON(state as ScalerState)).toThrow(FormatError);
  });
});
