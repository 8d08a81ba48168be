import { describe, expect, test } from "vitest";
import {
  backpropagate,
  bidirectional,
  columns,
  concatenate,
  dense,
  dropout,
  elman,
  finalState,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  max,
  mean,
  meanSquaredError,
  residual,
  sequential,
  stateGradients,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { describeNetworks, mask, padded, steps, wave } from "./layerTruths.js";

const own = (from: number, to: number, layer: Layer): Layer => sequential(columns(from, to), layer);

/** Networks whose input, or whose hidden sequence, goes several ways. */
const networks: Readonly<Record<string, Layer>> = {
  "two inputs": sequential(concatenate(own(0, 1, elman(2)), own(1, 3, dense(3))), lstm(3), dense(2)),
  "branches of a hidden sequence": sequential(gru(4), concatenate(elman(3), columns(1, 3), lstm(2)), dense(2)),
  "the same columns twice": sequential(gru(4), concatenate(columns(0, 3), columns(1, 4), columns(0, 4)), dense(2)),
  "both directions, each its own way": sequential(
    bidirectional(lstm(2)),
    concatenate(own(0, 2, dense(1)), own(2, 4, dense(1))),
  ),
  "reversed as a whole": sequential(bidirectional(sequential(concatenate(gru(2), elman(1)), gru(2))), dense(2)),
  "one answer a sequence": sequential(
    gru(3),
    concatenate(mean(), max(), lastStep(), sequential(elman(2), finalState())),
    dense(2),
  ),
  "states of all branches": sequential(concatenate(gru(2), lstm(1, { direction: "reverse" })), finalState(), dense(2)),
  "merged directions": sequential(
    dense(3),
    bidirectional(gru(2), { merge: "mul" }),
    bidirectional(elman(2), { merge: "average" }),
  ),
  "nothing but a way through": sequential(concatenate(dropout(0), elman(2)), residual(dropout(0)), dense(2)),
};

describeNetworks(networks);

test("concatenate is its branches side by side", () => {
  using model = new Model(concatenate(elman(2, { name: "a" }), columns(1, 2), gru(3)), { inputSize: 3 });
  expect(model.parameters.map(({ name }) => name.replace(/\..*/, ""))).toEqual([
    ..."aaaa".split(""),
    ..."2222".split(""),
  ]);
  const output = model.predict(padded[0]);
  expect(output.shape).toEqual([4, 6]);
  const column = Array.from({ length: 4 }, (_, step) => output.data[step * 6 + 2]);
  expectSameBits(column, Float32Array.from(padded[0].map((row) => row[1])), "the column");
});

describe("given initial states", () => {
  const network = sequential(bidirectional(lstm(2)), gru(3, { name: "top", initialState: "learned" }), dense(1));
  const target = padded.map((sequence, index) => steps(sequence.length, 1, 5 + index));
  const batchOf = (width: number, seed: number) => padded.map((_, index) => wave(width, seed + index));
  const states = () => ({
    "0": { h: batchOf(2, 11), c: batchOf(2, 12) },
    "0.reverse": { h: batchOf(2, 13) },
    top: { h: batchOf(3, 14) },
  });
  /** Central differences of a float32 loss near 0.5: rounding of 3e-8 over steps of 1e-2, and their own h². */
  const [STEP, TOLERANCE] = [1e-2, 1e-4];

  test.each([
    ["without a mask", {}],
    ["with a mask, whose leading steps show the state", { mask }],
  ])("have their gradient, %s", (_, extra) => {
    using model = new Model(network, { inputSize: 3 });
    const lossOf = (initialState: ReturnType<typeof states>) =>
      backpropagate(model, { input: padded, target, initialState, ...extra }, meanSquaredError);
    lossOf(states());
    const found = stateGradients(model);
    expect(Object.keys(found).sort()).toEqual(["0", "0.reverse", "top"]);
    for (const [path, parts] of Object.entries(states())) {
      for (const [name, rows] of Object.entries(parts)) {
        for (const [sequence, row] of rows.entries()) {
          for (let unit = 0; unit < row.length; unit++) {
            const moved = (by: number) => {
              const given = states() as Record<string, Record<string, number[][]>>;
              given[path][name][sequence][unit] += by;
              return lossOf(given as ReturnType<typeof states>);
            };
            const slope = (moved(STEP) - moved(-STEP)) / (2 * STEP);
            const gradient = found[path][name].data[sequence * row.length + unit];
            expect(Math.abs(slope - gradient), `${path} ${name} ${sequence} ${unit}`).toBeLessThan(TOLERANCE);
          }
        }
      }
    }
  });

  test("take the place of learned ones, which then have no gradient", () => {
    using model = new Model(network, { inputSize: 3 });
    const learned = () => model.parameters.find(({ name }) => name === "top.initial_h_l0")?.gradient().data;
    backpropagate(model, { input: padded, target, initialState: states() }, meanSquaredError);
    expectSameBits(learned() ?? [], new Float32Array(3), "given");
    backpropagate(model, { input: padded, target }, meanSquaredError);
    expect(learned()?.some((value) => value !== 0)).toBe(true);
  });
});
