import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  cells,
  elman,
  gru,
  indRnn,
  type Layer,
  loadModel,
  lstm,
  Model,
  mgu,
  minGru,
  minLstm,
  recurrent,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const [UNITS, LONGEST] = [400, 50];
const chrono = { forgetBias: { longest: LONGEST } };

/** The blocks of the input bias by gate. */
function biases(layer: Layer, gates: string, seed = 1): Record<string, number[]> {
  using model = new Model(layer, { inputSize: 2, seed });
  const bias = model.parameters.find(({ name }) => name.includes("bias_ih"))?.read().data as Float32Array;
  return Object.fromEntries([...gates].map((gate, at) => [gate, [...bias.subarray(at * UNITS, (at + 1) * UNITS)]]));
}

/** b = ln u or −ln u, u uniform in [1, T − 1]: its mean is T / 2, within four deviations (T − 2) / √(12 n). */
function expectPaces(values: readonly number[] | undefined, sign: 1 | -1): void {
  const times = (values ?? []).map((bias) => Math.exp(sign * bias));
  expect(times).toHaveLength(UNITS);
  expect(Math.min(...times)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...times)).toBeLessThanOrEqual((LONGEST - 1) * (1 + 1e-6));
  const mean = times.reduce((sum, time) => sum + time, 0) / UNITS;
  expect(Math.abs(mean - LONGEST / 2)).toBeLessThan((4 * (LONGEST - 2)) / Math.sqrt(12 * UNITS));
}

describe("forgetBias with a longest dependence spreads the units over all times (chrono)", () => {
  test.each([
    ["lstm", lstm(UNITS, chrono), "ifgo"],
    ["lstm with peepholes", lstm(UNITS, { ...chrono, peepholes: true }), "ifgo"],
  ])("%s: b_f = ln u, b_i = −b_f, the others 0", (_, layer, gates) => {
    const { i, f, g, o } = biases(layer, gates);
    expectPaces(f, 1);
    expect(i).toEqual(f?.map((bias) => -bias));
    for (const bias of [...(g ?? [1]), ...(o ?? [1])]) expect(bias).toBe(0);
  });

  test("the gates of other cells that keep or write", () => {
    expectPaces(biases(lstm(UNITS, { ...chrono, coupled: true }), "igo").i, -1);
    expectPaces(biases(gru(UNITS, chrono), "rzn").z, 1);
    expectPaces(biases(gru(UNITS, { ...chrono, reset: "before" }), "rzn").z, 1);
    expectPaces(biases(mgu(UNITS, chrono), "fn").f, -1);
    expectPaces(biases(minGru(UNITS, chrono), "zn").z, -1);
  });

  test("the same seed gives the same, another seed others; the file keeps what it was", () => {
    expect(biases(lstm(UNITS, chrono), "ifgo")).toEqual(biases(lstm(UNITS, chrono), "ifgo"));
    expect(biases(lstm(UNITS, chrono), "ifgo", 2).f).not.toEqual(biases(lstm(UNITS, chrono), "ifgo").f);
    const model = new Model(lstm(3, chrono), { inputSize: 1 });
    expect(loadModel(model.save()).specification).toEqual(model.specification);
  });

  test.each([
    ["elman", () => elman(4, chrono)],
    ["indRnn", () => indRnn(4, chrono)],
    ["minLstm", () => minLstm(4, chrono)],
  ])("%s has no such gate", (name, act) => {
    expectRefusal(act, ArgumentError, `${name}(4) has no gate`, "forgetBias is a number");
  });

  test("a dependence of two steps and other options are refused", () => {
    expectRefusal(() => lstm(4, { forgetBias: { longest: 2 } }), ArgumentError, "longest in forgetBias of lstm(4)");
    expectRefusal(() => lstm(4, { ...chrono, bias: false }), ArgumentError, "lstm(4) has no biases", "bias: false");
    const wrong = { forgetBias: { most: 9 } as never };
    expectRefusal(() => recurrent(cells.lstm, 4, wrong), ArgumentError, 'no option "most"', "longest");
  });
});
