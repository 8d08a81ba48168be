import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  backpropagate,
  bidirectional,
  dense,
  exportWeights,
  finalState,
  gru,
  importWeights,
  type Layer,
  lastStep,
  layerNorm,
  lstm,
  Model,
  residual,
  ShapeError,
  sequential,
  Tensor,
  tied,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";
import { describeNetworks, wave } from "./layerTruths.js";

const networks: Readonly<Record<string, Layer>> = {
  "before a recurrent layer": sequential(dense(5), layerNorm(), gru(4), dense(2)),
  "between recurrent layers, round one of them": sequential(
    lstm(5),
    layerNorm(),
    residual(lstm(5)),
    layerNorm(),
    dense(2),
  ),
  "of both directions": sequential(bidirectional(gru(3)), layerNorm({ epsilon: 1e-3 }), lastStep(), dense(2)),
  "once a sequence, without a shift": sequential(gru(6), lastStep(), layerNorm({ bias: false }), dense(2)),
  "one set of gains twice": sequential(dense(5), layerNorm({ name: "norm" }), gru(5), tied(layerNorm(), "norm")),
  "at the end": sequential(gru(4), layerNorm()),
};

describeNetworks(networks);

const [COUNT, WIDTH] = [3, 7];
const rows = Array.from({ length: COUNT }, (_, index) => wave(WIDTH, index + 2));
const cotangents = Array.from({ length: COUNT }, (_, index) => wave(WIDTH, index + 5));
/** Float32's rounding of sums of seven terms below 4. */
const TOLERANCE = 2e-6;

/** y, and the gradients of x, weight and bias under Σ y · g, in float64. */
function normalized(epsilon: number, gain: readonly number[], shift: readonly number[]) {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const dGain = new Array<number>(WIDTH).fill(0);
  const dShift = new Array<number>(WIDTH).fill(0);
  const found = rows.map((row, index) => {
    const g = cotangents[index] as number[];
    const middle = mean(row);
    const deviation = Math.sqrt(mean(row.map((x) => (x - middle) ** 2)) + epsilon);
    const hat = row.map((x) => (x - middle) / deviation);
    const scaled = g.map((value, at) => value * (gain[at] as number));
    const [level, slope] = [mean(scaled), mean(scaled.map((value, at) => value * (hat[at] as number)))];
    g.forEach((value, at) => {
      dGain[at] = (dGain[at] as number) + value * (hat[at] as number);
      dShift[at] = (dShift[at] as number) + value;
    });
    return {
      y: hat.map((value, at) => value * (gain[at] as number) + (shift[at] as number)),
      dx: scaled.map((value, at) => (value - level - (hat[at] as number) * slope) / deviation),
    };
  });
  return { y: found.flatMap(({ y }) => y), dx: found.flatMap(({ dx }) => dx), dGain, dShift };
}

describe.each([1e-5, 1e-3, 0.5])("epsilon %s", (epsilon) => {
  const gain = wave(WIDTH, 11).map((value) => 1 + value);
  const shift = wave(WIDTH, 13);
  const wanted = normalized(epsilon, gain, shift);
  const near = (found: ArrayLike<number>, expected: readonly number[]) =>
    expected.forEach((value, index) => {
      expect(Math.abs((found[index] as number) - value)).toBeLessThan(TOLERANCE);
    });

  test("values and gradients are those of the equations", () => {
    // The bias of a layer before it, whose weights are the identity, has the gradient of x.
    using model = new Model(sequential(dense(WIDTH, { name: "in" }), layerNorm({ epsilon, name: "norm" })), {
      inputSize: WIDTH,
    });
    const write = (name: string, values: number[] | number[][]) =>
      model.parameters.find((parameter) => parameter.name === name)?.write(values);
    write("in.weight", identity());
    write("norm.weight", gain);
    write("norm.bias", shift);
    near(model.predictBatch(rows.map((row) => [row])).data, wanted.y);
    const gradient = (name: string) =>
      model.parameters.find((parameter) => parameter.name === name)?.gradient().data as Float32Array;
    const dx: number[] = [];
    rows.forEach((row, index) => {
      const weighed = ({ shape }: Tensor) => ({
        loss: 0,
        gradient: new Tensor(Float32Array.from(cotangents[index] as number[]), shape),
      });
      const before = Float32Array.from(gradient("in.bias"));
      backpropagate(model, { input: [[row]], target: [[new Array<number>(WIDTH).fill(0)]] }, weighed);
      dx.push(...gradient("in.bias").map((value, at) => value - (before[at] as number)));
    });
    near(dx, wanted.dx);
    near(gradient("norm.weight"), wanted.dGain);
    near(gradient("norm.bias"), wanted.dShift);
  });
});

function identity(): number[][] {
  return Array.from({ length: WIDTH }, (_, index) => Array.from({ length: WIDTH }, (__, at) => (at === index ? 1 : 0)));
}

test("weights go to PyTorch and Keras and come back under their names", () => {
  const make = (seed: number) =>
    new Model(sequential(lstm(4, { name: "rnn" }), layerNorm({ name: "norm" }), dense(2, { name: "head" })), {
      inputSize: 3,
      seed,
    });
  const [source, pytorch, keras] = [make(1), make(2), make(3)];
  source.parameters.find(({ name }) => name === "norm.weight")?.write([1, 2, 3, 4]);
  source.parameters.find(({ name }) => name === "norm.bias")?.write([5, 6, 7, 8]);
  const torch = exportWeights(source, { to: "pytorch" });
  expect([...torch.keys()].filter((name) => name.startsWith("norm"))).toEqual(["norm.weight", "norm.bias"]);
  importWeights(pytorch, torch, { from: "pytorch" });
  const named = exportWeights(source, { to: "keras" });
  expect([...named.keys()].filter((name) => name.startsWith("norm"))).toEqual(["norm/gamma", "norm/beta"]);
  importWeights(keras, named, { from: "keras" });
  for (const model of [pytorch, keras])
    for (const name of ["norm.weight", "norm.bias"])
      expect(model.parameters.find((parameter) => parameter.name === name)?.read()).toEqual(
        source.parameters.find((parameter) => parameter.name === name)?.read(),
      );
});

test("what is none of it is refused", () => {
  expectRefusal(() => layerNorm({ epsilon: 0 }), ArgumentError, "epsilon of layerNorm");
  expectRefusal(() => layerNorm({ gain: true } as never), ArgumentError, 'layerNorm knows no option "gain"');
  const passed = sequential(lstm(3), layerNorm(), finalState());
  expectRefusal(() => new Model(passed, { inputSize: 3 }), ShapeError, "finalState");
});
