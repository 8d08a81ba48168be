import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Activation, elman, gru, importWeights, type Layer, lstm, Model, Tensor } from "../../src/index.js";
import { runWithStates } from "../support/runWithStates.js";

interface Recorded {
  readonly data: number[];
  readonly shape: number[];
}

interface Case {
  readonly input: Recorded;
  readonly weights: Recorded[];
  readonly expected: Recorded;
}

interface Config {
  readonly units: number;
  readonly activation: string;
  readonly recurrent_activation?: string;
  readonly use_bias: boolean;
  readonly return_sequences: boolean;
  readonly go_backwards: boolean;
  readonly passes: number;
}

/**
 * Records and weights have six decimals, and a step in float64 misses them by up to 2.1e-6: the rounding of the weights
 * goes through up to eight steps twice. Float32 adds some 1e-7 to that.
 */
const TOLERANCE = 2.5e-6;

const folder = fileURLToPath(new URL("../fixtures/models/keras-js", import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const configs = read("configs.json").cases as Record<string, Config>;
const cases = ["SimpleRNN", "GRU", "LSTM"].flatMap((kind) =>
  Object.entries(read(`${kind}.json`) as Record<string, Case>),
);

const activations: Readonly<Record<string, Activation>> = {
  hard_sigmoid: { type: "hardSigmoid", alpha: 0.2, beta: 0.5 },
  sigmoid: "sigmoid",
  tanh: "tanh",
};

/** Keras's `activation` is that of the candidate and, in an LSTM, of the output too. */
function layerOf(name: string, { units, activation, recurrent_activation, use_bias, go_backwards }: Config): Layer {
  const inner = activations[activation];
  const gateActivation = activations[recurrent_activation ?? "sigmoid"];
  const common = { bias: use_bias, direction: go_backwards ? ("reverse" as const) : ("forward" as const) };
  if (name.includes("SimpleRNN")) return elman(units, { ...common, activation: inner });
  if (name.includes("GRU"))
    return gru(units, { ...common, reset: "before", gateActivation, candidateActivation: inner });
  return lstm(units, { ...common, gateActivation, candidateActivation: inner, outputActivation: inner });
}

const tensorOf = ({ data, shape }: Recorded) => new Tensor(Float32Array.from(data), shape);

/** What Keras returns: the last step in the order of processing, or all steps in that order. */
function kerasOutput(output: Float32Array, { units, return_sequences, go_backwards }: Config): number[] {
  const rows = Array.from({ length: output.length / units }, (_, step) => [
    ...output.subarray(step * units, (step + 1) * units),
  ]);
  if (go_backwards) rows.reverse();
  return (return_sequences ? rows : rows.slice(-1)).flat();
}

describe("the layers of keras-js", () => {
  test("are 27 cases", () => expect(cases).toHaveLength(27));

  test.each(cases)("%s", (name, { input, weights, expected }) => {
    const config = configs[name];
    using model = new Model(layerOf(name, config), { inputSize: input.shape[1] });
    const parts = ["kernel", "recurrent_kernel", "bias"];
    importWeights(model, Object.fromEntries(weights.map((values, index) => [parts[index], tensorOf(values)])), {
      from: "keras",
    });
    const x = new Tensor(Float32Array.from(input.data), [1, ...input.shape]);
    let result = runWithStates(model, x);
    for (let pass = 1; pass < config.passes; pass++) result = runWithStates(model, x, result.states);
    const output = kerasOutput(result.output, config);
    expect(output).toHaveLength(expected.data.length);
    const away = output.map((value, index) => Math.abs(value - expected.data[index]));
    expect(Math.max(...away)).toBeLessThanOrEqual(TOLERANCE);
  });
});
