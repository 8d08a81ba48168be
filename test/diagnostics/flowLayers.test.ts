import { expect, test } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  backpropagate,
  bidirectional,
  clearGradients,
  type Data,
  dense,
  dropout,
  elman,
  finalState,
  fit,
  gradientCheck,
  gradientFlow,
  gradientNorm,
  gru,
  type LayerFlow,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  minGru,
  run,
  sequential,
  trace,
} from "../../src/index.js";
import { interiorOf } from "../../src/models/interior.js";
import { expectUntouched, stateOf } from "../support/refusal.js";

const wave = (count: number, time: number, width = 1, shift = 0) =>
  Array.from({ length: count }, (_, i) =>
    Array.from({ length: time }, (_, t) =>
      Array.from({ length: width }, (_, d) => Math.sin(1.7 * i + 0.9 * t + 2.1 * d + shift)),
    ),
  );

/** Norms are sums of float32 gradients that were added in another order: some roundings of 6e-8 each. */
const ROUNDING = 1e-5;

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = ROUNDING): void {
  expect(found.length).toBe(wanted.length);
  const size = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  Array.from(found).forEach((value, index) => {
    expect(Math.abs(value - (wanted[index] as number)) / size, `entry ${index}`).toBeLessThan(tolerance);
  });
}

const norms = (layer: LayerFlow | undefined, state = 0) => layer?.states[state] as LayerFlow["states"][number];

test("the norms of h and c are those of the derivatives by the state with which the rest of the sequence begins", () => {
  const model = new Model(sequential(lstm(3, { name: "rnn" }), lastStep(), dense(1)), { inputSize: 1, seed: 3 });
  const [input, target] = [wave(1, 6), [[0.7]]];
  const flow = gradientFlow(model, { input, target }, meanSquaredError);
  const step = 2;
  const { layers } = trace(model, input);
  const stateAt = (name: string) =>
    Array.from({ length: 3 }, (_, unit) => layers[0]?.states[name]?.data[step * 3 + unit] as number);
  const rest = input.map((sequence) => sequence.slice(step + 1));
  const lossFrom = (state: Record<string, number[]>) => {
    const { output } = run(model, rest, {
      initialState: { rnn: { h: [state.h as number[]], c: [state.c as number[]] } },
    });
    return ((output.data[0] as number) - 0.7) ** 2;
  };
  for (const [index, name] of ["h", "c"].entries()) {
    const square = stateAt(name).reduce((sum, _, unit) => {
      const moved = (by: number) => {
        const state: Record<string, number[]> = { h: stateAt("h"), c: stateAt("c") };
        (state[name] as number[])[unit] = (stateAt(name)[unit] as number) + by;
        return lossFrom(state);
      };
      return sum + ((moved(0.02) - moved(-0.02)) / 0.04) ** 2;
    }, 0);
    const { byStep } = norms(flow.layers[0], index);
    // Central differences of float32: h² of truncation, some 4e-4, and rounding of 1e-7 / 0.02.
    expect(Math.abs((byStep[step] as number) / Math.sqrt(square) - 1), name).toBeLessThan(2e-3);
  }
});

test("a reverse layer's steps are in the order of time, its lags in the order of reading, ragged batches included", () => {
  const input = wave(3, 7, 2);
  input[1] = (input[1] as number[][]).slice(0, 4);
  const target = [[0.5], [-0.2], [0.1]];
  const backward = new Model(sequential(gru(4, { direction: "reverse" }), finalState(), dense(1)), { inputSize: 2 });
  const forward = new Model(sequential(gru(4), finalState(), dense(1)), { inputSize: 2 });
  for (const [index, parameter] of forward.parameters.entries())
    parameter.write(backward.parameters[index]?.read() as never);
  const turned = { input: input.map((sequence) => sequence.slice().reverse()), target };
  const mirror = norms(gradientFlow(forward, turned, meanSquaredError).layers[0]);
  const found = norms(gradientFlow(backward, { input, target }, meanSquaredError).layers[0]);
  expectClose(found.byLag, mirror.byLag);
  // The forward layer starts all sequences at step 0, the reverse one ends them there.
  const alone = input.map((sequence, index) => {
    const one = { input: [sequence], target: [target[index] as number[]] };
    return norms(gradientFlow(backward, one, meanSquaredError).layers[0]).byStep;
  });
  const squares = Array.from({ length: 7 }, (_, t) =>
    alone.reduce((sum, byStep) => sum + ((byStep[t] ?? 0) / 3) ** 2, 0),
  );
  expectClose(found.byStep, squares.map(Math.sqrt));
});

test("lags count from the end of each sequence, not from that of the longest", () => {
  const model = new Model(sequential(elman(4), lastStep(), dense(1)), { inputSize: 1 });
  const long = wave(1, 9)[0] as number[][];
  const both = { input: [long, long.slice(0, 5)], target: [[1], [2]] };
  const flow = gradientFlow(model, both, meanSquaredError);
  const [a, b] = both.input.map((sequence, index) =>
    gradientFlow(model, { input: [sequence], target: [both.target[index] as number[]] }, meanSquaredError),
  );
  const halved = Array.from({ length: 9 }, (_, lag) => Math.hypot((a?.byLag[lag] ?? 0) / 2, (b?.byLag[lag] ?? 0) / 2));
  expectClose(flow.byLag, halved);
});

test("with an answer at every step, steps see the whole loss, lags the last error alone", () => {
  const model = new Model(sequential(lstm(4), dense(1)), { inputSize: 1 });
  const input = wave(2, 8);
  const target = wave(2, 8, 1, 0.4);
  const flow = gradientFlow(model, { input, target }, meanSquaredError);
  const single = new Model(sequential(lstm(4), lastStep(), dense(1)), { inputSize: 1 });
  for (const [index, parameter] of single.parameters.entries())
    parameter.write(model.parameters[index]?.read() as never);
  const last = { input, target: target.map((sequence) => sequence.at(-1) as number[]) };
  const wanted = gradientFlow(single, last, meanSquaredError).byLag;
  // One of eight errors counts an eighth in the mean.
  expectClose(
    flow.byLag,
    Array.from(wanted, (norm) => norm / 8),
  );
  expect(flow.byStep[7]).toBeCloseTo(flow.byLag[0] as number, 6);
  expect(flow.byStep[3]).not.toBeCloseTo(flow.byLag[4] as number, 3);
});

test("both directions of a bidirectional layer see their own last error", () => {
  const model = new Model(sequential(bidirectional(gru(3)), dense(1)), { inputSize: 1 });
  const flow = gradientFlow(model, { input: wave(2, 6), target: wave(2, 6, 1, 1) }, meanSquaredError);
  expect(flow.layers.map(({ isReversed }) => isReversed)).toEqual([false, true]);
  for (const layer of flow.layers) {
    const { byLag } = norms(layer);
    expect(byLag[0]).toBeGreaterThan(byLag[5] as number);
    expect(byLag[5]).toBeGreaterThan(0);
  }
  expect(flow.layers[1]?.layer).toBe("gru(3, reverse)");
});

test("masked steps have no part, and the gradient passes over them", () => {
  const model = new Model(sequential(lstm(3), lastStep(), dense(1)), { inputSize: 1 });
  const [input, target] = [wave(1, 6), [[1]]];
  const mask = [[1, 1, 0, 0, 1, 1]];
  const kept = { input: [[0, 1, 4, 5].map((step) => input[0]?.[step] as number[])], target };
  const masked = gradientFlow(model, { input, target, mask }, meanSquaredError);
  const short = gradientFlow(model, kept, meanSquaredError);
  expect(Array.from(masked.byLag)).toEqual(Array.from(short.byLag));
  const [a, b, d, e] = short.byStep;
  expect(Array.from(masked.byStep)).toEqual([a, b, 0, 0, d, e]);
});

test("shares are those of backpropagate's gradients and sum to 1, a frozen parameter having none", () => {
  const model = new Model(sequential(gru(4), lastStep(), dense(2)), { inputSize: 2 });
  const data: Data = {
    input: wave(3, 5, 2),
    target: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  };
  model.freeze("0.bias_hh_l0");
  const { parameters, clipping } = gradientFlow(model, data, meanSquaredError);
  backpropagate(model, data, meanSquaredError);
  const wanted = model.parameters.map(({ gradient }) => Math.hypot(...gradient().data));
  expectClose(
    parameters.map(({ norm }) => norm),
    wanted,
  );
  expect(clipping.norm).toBe(gradientNorm(model));
  expect(parameters.find(({ name }) => name === "0.bias_hh_l0")?.share).toBe(0);
  expect(parameters.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
});

test("the clip rate is the share of batches whose own gradient is longer than the threshold", () => {
  const model = new Model(sequential(elman(3), lastStep(), dense(1)), { inputSize: 1 });
  const data = { input: wave(7, 4), target: [[0], [5], [0], [5], [0], [5], [0]] };
  const lengths = data.input.map((sequence, index) => {
    clearGradients(model);
    backpropagate(model, { input: [sequence], target: [data.target[index] as number[]] }, meanSquaredError);
    return gradientNorm(model);
  });
  const { clipping } = gradientFlow(model, data, meanSquaredError, { clipNorm: 3, batchSize: 1 });
  const above = lengths.filter((norm) => norm > 3).length;
  expect(above).toBeGreaterThan(0);
  expect(above).toBeLessThan(7);
  expect(clipping).toMatchObject({ clipNorm: 3, batchSize: 1, batches: 7, rate: above / 7 });
  expect(gradientFlow(model, data, meanSquaredError, { batchSize: 3 }).clipping.batches).toBe(3);
});

test("saturation is the share of gate values near a bound, gate by gate as trace shows them", () => {
  const model = new Model(sequential(lstm(5), lastStep(), dense(1)), { inputSize: 1 });
  const weight = model.parameters.find(({ name }) => name === "0.weight_ih_l0");
  weight?.write(Array.from({ length: 20 }, (_, row) => [row < 5 ? 12 : row < 10 ? 0.1 : 2]));
  const data = { input: wave(4, 9), target: [[1], [1], [1], [1]] };
  const { saturation, verdict } = gradientFlow(model, data, meanSquaredError).layers[0] as LayerFlow;
  const { layers } = trace(model, data.input);
  expect(saturation.map(({ gate }) => gate)).toEqual(["i", "f", "g", "o"]);
  for (const { gate, share, low, high } of saturation) {
    const values = Array.from(layers[0]?.gates[gate]?.data as Float32Array);
    const [least, near] = gate === "g" ? [-1, 0.1] : [0, 0.05];
    expect(low, gate).toBeCloseTo(values.filter((value) => value <= least + near).length / values.length, 6);
    expect(high, gate).toBeCloseTo(values.filter((value) => value >= 1 - near).length / values.length, 6);
    expect(share).toBeCloseTo(low + high, 10);
  }
  expect(saturation[0]?.share).toBeGreaterThan(0.5);
  expect(verdict).toContain("of the values of i are at a bound");
});

test("a relu counts as saturated where it is 0; a linear candidate never does", () => {
  const data = { input: wave(4, 9), target: [[1], [1], [1], [1]] };
  const rectified = new Model(sequential(elman(6, { activation: "relu" }), lastStep(), dense(1)), { inputSize: 1 });
  const [gate] = gradientFlow(rectified, data, meanSquaredError).layers[0]?.saturation ?? [];
  const values = Array.from(trace(rectified, data.input).layers[0]?.gates.h?.data as Float32Array);
  expect(gate?.low).toBeCloseTo(values.filter((value) => value === 0).length / values.length, 6);
  expect(gate?.high).toBe(0);
  const linear = new Model(sequential(minGru(6), lastStep(), dense(1)), { inputSize: 1 });
  const { saturation, spectralRadius } = gradientFlow(linear, data, meanSquaredError).layers[0] as LayerFlow;
  expect(saturation.find(({ gate: name }) => name === "n")?.share).toBe(0);
  expect(spectralRadius).toEqual([]);
});

test("weights, gradients, random numbers and memory stay as they were", () => {
  const model = new Model(sequential(lstm(3, { zoneout: 0.1 }), dropout(0.3), lastStep(), dense(1)), { inputSize: 1 });
  const data = { input: [...wave(2, 5), ...wave(1, 3)], target: [[1], [2], [3]] };
  backpropagate(model, data, meanSquaredError);
  const options = { batchSize: 2 };
  gradientFlow(model, data, meanSquaredError, options);
  const [before, draws] = [stateOf(model), interiorOf(model).draws.count];
  const first = gradientFlow(model, data, meanSquaredError, options);
  const second = gradientFlow(model, data, meanSquaredError, options);
  expect(stateOf(model)).toEqual(before);
  expect(interiorOf(model).draws.count).toBe(draws);
  expect(second).toEqual(first);
});

test("an exploding gradient is told as such, with what to do", () => {
  const model = new Model(sequential(elman(1, { activation: "linear" }), lastStep(), dense(1)), { inputSize: 1 });
  model.parameters.find(({ name }) => name.includes("hh"))?.write([[1.5]]);
  const { verdict, layers } = gradientFlow(model, { input: wave(1, 20), target: [[1]] }, meanSquaredError);
  expect(layers[0]?.spectralRadius).toEqual([{ gate: "h", radius: 1.5 }]);
  expect(verdict).toContain("it explodes. Clip it");
  expect(verdict).toContain("The spectral radius of the recurrent weights is 1.50");
});

test("options that nobody knows, or that make no sense, are refused", () => {
  const model = new Model(sequential(elman(2), lastStep(), dense(1)), { inputSize: 1 });
  const data = { input: wave(1, 3), target: [[1]] };
  const flow = (options: object) => () => gradientFlow(model, data, meanSquaredError, options);
  expectUntouched(model, flow({ clip: 1 }), ArgumentError, 'gradientFlow knows no option "clip"', "clipNorm");
  expectUntouched(model, flow({ clipNorm: 0 }), ArgumentError, "clipNorm must be", "received 0");
  expectUntouched(model, flow({ batchSize: 1.5 }), ArgumentError, "batchSize must be a whole number");
  expectUntouched(model, () => gradientFlow(model, data, "mse" as never), ArgumentError, "loss must be");
});

test("a gradient beyond float32 is told as such", () => {
  const model = new Model(sequential(elman(1, { activation: "linear", bias: false }), lastStep(), dense(1)), {
    inputSize: 1,
  });
  model.parameters.find(({ name }) => name.includes("hh"))?.write([[100]]);
  // 100²⁵ is more than float32 holds; inputs of 0 keep the loss finite.
  const data = { input: [Array.from({ length: 30 }, () => [0])], target: [[1]] };
  const { verdict } = gradientFlow(model, data, meanSquaredError);
  expect(verdict).toContain("The gradient is Infinity from lag");
  expect(verdict).toContain("beyond what float32 holds");
});

test("looking on while fit trains changes no bit of the training", async () => {
  const data = { input: wave(6, 5), target: wave(6, 1).map(([step]) => step as number[]) };
  const trained = async (onUpdate?: (model: Model) => void) => {
    const model = new Model(sequential(lstm(3), dropout(0.2), lastStep(), dense(1)), { inputSize: 1 });
    await fit(model, data, { loss: meanSquaredError, epochs: 2, batchSize: 2, onUpdate: () => onUpdate?.(model) });
    return model.parameters.map(({ read }) => Array.from(read().data));
  };
  const watched = await trained((model) => {
    gradientFlow(model, data, meanSquaredError, { batchSize: 2 });
    gradientCheck(model, data, meanSquaredError, { samples: 1 });
  });
  expect(watched).toEqual(await trained());
});
