import { describe, expect, test } from "vitest";
import { dense, importWeights, lstm, Model, type Parameter, readSafetensors, type Tensor } from "../../../src/index.js";
import { argmax, embedded, readBytes, readJson, relativeDifference, tensorOf } from "./folder.js";

interface Reference {
  readonly ids: number[][];
  readonly probs: number[][];
  readonly seq_last_step: number[][];
  readonly greedy_from: string;
  readonly greedy_text: string;
  readonly hn_titles: string[];
  readonly hn_mean_nll_nats: number;
  readonly hn_predictions: number;
}

/** Float32 against float64 through 40 steps of two layers, an attention and a softmax. */
const TOLERANCE = 1e-5;

/** Context in characters. */
const STEPS = 40;
/** Sequences that are predicted side by side. */
const TOGETHER = 64;

/**
 * textgenrnn's network for characters. Layers 1 and 2 and the dense layer are the library's; the embedding's rows and the
 * attention average over the steps are computed here.
 */
function load() {
  const { tensors } = readSafetensors(readBytes("textgenrnn-base", "weights.safetensors"));
  const [table, attention] = [tensors.get("embedding") as Tensor, tensors.get("attention_W") as Tensor];
  const layer = (name: string, make: () => ReturnType<typeof dense> | ReturnType<typeof lstm>, inputSize: number) => {
    const model = new Model(make(), { inputSize });
    importWeights(model, tensors, { from: "keras", prefix: `${name}_` });
    return model;
  };
  const first = layer("rnn_1", () => lstm(128), 100);
  const second = layer("rnn_2", () => lstm(128), 128);
  const output = layer("output", () => dense(465), 356);

  /** [embedding, h1, h2] of each step, [rows, 40, 356]. */
  const features = (rows: readonly (readonly number[])[]): Float32Array => {
    const x = tensorOf(
      rows.flatMap((tokens) => [...embedded(table, tokens).data]),
      [rows.length, STEPS, 100],
    );
    const h1 = first.predictBatch(x);
    const h2 = second.predictBatch(h1);
    const all = new Float32Array(rows.length * STEPS * 356);
    for (let row = 0; row < rows.length * STEPS; row++) {
      all.set(x.data.subarray(row * 100, (row + 1) * 100), row * 356);
      all.set(h1.data.subarray(row * 128, (row + 1) * 128), row * 356 + 100);
      all.set(h2.data.subarray(row * 128, (row + 1) * 128), row * 356 + 228);
    }
    return all;
  };

  /** Probabilities of the next character for each row of 40 tokens. */
  const predict = (rows: readonly (readonly number[])[]): Float64Array[] => {
    const all = features(rows);
    const averages = rows.map((_, row) =>
      average(all.subarray(row * STEPS * 356, (row + 1) * STEPS * 356), attention.data),
    );
    const logits = output.predictBatch(
      tensorOf(
        averages.flatMap((values) => [...values]),
        [rows.length, 1, 356],
      ),
    ).data;
    return rows.map((_, row) => softmax(logits.subarray(row * 465, (row + 1) * 465)));
  };
  return { features, predict };
}

/** Σ softmax(x · w) x over the steps, as the original computes it. */
function average(steps: Float32Array, weights: Float32Array): Float64Array {
  const width = weights.length;
  const scores = Array.from({ length: STEPS }, (_, step) =>
    weights.reduce((sum, weight, index) => sum + weight * steps[step * width + index], 0),
  );
  const most = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - most));
  const total = shares.reduce((sum, share) => sum + share, 0) + 1e-7;
  return Float64Array.from({ length: width }, (_, index) =>
    shares.reduce((sum, share, step) => sum + (share / total) * steps[step * width + index], 0),
  );
}

function softmax(logits: Float32Array): Float64Array {
  const most = logits[argmax(logits)];
  const shares = Float64Array.from(logits, (value) => Math.exp(value - most));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** Where the uncompressed tensors of the two CuDNN layers begin in `weights.hdf5`. */
const original = [
  { name: "rnn_1", inputs: 100, places: { kernel: 197400, recurrent_kernel: 404248, bias: 666392 } },
  { name: "rnn_2", inputs: 128, places: { kernel: 672536, recurrent_kernel: 934680, bias: 1196824 } },
];

function cudnnTensors(inputs: number, places: Readonly<Record<"bias" | "kernel" | "recurrent_kernel", number>>) {
  const bytes = readBytes("textgenrnn-base", "weights.hdf5");
  const tensor = (place: number, shape: readonly number[]) => {
    const count = shape.reduce((product, size) => product * size, 1);
    return tensorOf(new Float32Array(Uint8Array.from(bytes.subarray(place, place + 4 * count)).buffer), shape);
  };
  return {
    kernel: tensor(places.kernel, [inputs, 512]),
    recurrent_kernel: tensor(places.recurrent_kernel, [128, 512]),
    bias: tensor(places.bias, [1024]),
  };
}

function valuesOf(model: Model, name: string): Float32Array {
  return (model.parameters.find((parameter) => parameter.name === name) as Parameter).read().data;
}

describe("textgenrnn", () => {
  const reference = () => readJson<Reference>("textgenrnn-base", "reference.json");
  const vocabulary = () => readJson<Record<string, number>>("textgenrnn-base", "vocab.json");
  const padded = (tokens: readonly number[]) => [...new Array<number>(STEPS).fill(0), ...tokens].slice(-STEPS);

  test("gives the states and probabilities of the reference for its prompts", () => {
    const { features, predict } = load();
    const { ids, probs, seq_last_step } = reference();
    const all = features(ids);
    predict(ids).forEach((found, row) => {
      const last = all.subarray(((row + 1) * STEPS - 1) * 356, (row + 1) * STEPS * 356);
      expect(relativeDifference(last, seq_last_step[row])).toBeLessThanOrEqual(TOLERANCE);
      expect(relativeDifference(found, probs[row])).toBeLessThanOrEqual(TOLERANCE);
    });
  });

  test("has the same weights in the CuDNN layout of its original file", () => {
    const { tensors } = readSafetensors(readBytes("textgenrnn-base", "weights.safetensors"));
    for (const { name, inputs, places } of original) {
      const [plain, cudnn] = [lstm(128), lstm(128)].map((layer) => new Model(layer, { inputSize: inputs }));
      importWeights(plain, tensors, { from: "keras", prefix: `${name}_` });
      importWeights(cudnn, cudnnTensors(inputs, places), { from: "keras" });
      for (const part of ["weight_ih_l0", "weight_hh_l0"]) expect(valuesOf(cudnn, part)).toEqual(valuesOf(plain, part));
      // The plain layout holds the sum of both biases, rounded once.
      const both = valuesOf(cudnn, "bias_ih_l0").map((value, index) => value + valuesOf(cudnn, "bias_hh_l0")[index]);
      expect(both).toEqual(valuesOf(plain, "bias_ih_l0"));
    }
  });

  test("writes the reference's greedy text", () => {
    const { predict } = load();
    const { greedy_from, greedy_text } = reference();
    const vocab = vocabulary();
    const letters = new Map(Object.entries(vocab).map(([letter, id]) => [id, letter]));
    const start = greedy_from.replace("<s>", "");
    const tokens = [vocab["<s>"], ...start].map((each) => (typeof each === "number" ? each : vocab[each]));
    let text = start;
    while (text.length < greedy_text.length) {
      const token = argmax(predict([padded(tokens)])[0]);
      tokens.push(token);
      text += letters.get(token) ?? "";
    }
    expect(text).toBe(greedy_text);
  });

  test("gives the mean loss of the reference over 40 headlines", () => {
    const { predict } = load();
    const { hn_titles, hn_mean_nll_nats, hn_predictions } = reference();
    const vocab = vocabulary();
    const contexts: number[][] = [];
    const targets: number[] = [];
    for (const title of hn_titles) {
      // A character that is not in the vocabulary is 0, like the padding.
      const tokens = [vocab["<s>"], ...[...title].map((letter) => vocab[letter] ?? 0), vocab["<s>"]];
      for (let end = 1; end < tokens.length; end++) {
        contexts.push(padded(tokens.slice(0, end)));
        targets.push(tokens[end]);
      }
    }
    expect(targets).toHaveLength(hn_predictions);
    let total = 0;
    for (let from = 0; from < contexts.length; from += TOGETHER) {
      predict(contexts.slice(from, from + TOGETHER)).forEach((found, index) => {
        total -= Math.log(found[targets[from + index]]);
      });
    }
    expect(Math.abs(total / targets.length - hn_mean_nll_nats)).toBeLessThanOrEqual(TOLERANCE);
  });
});
