import { describe, expect, test } from "vitest";
import { dense, importWeights, lstm, Model, sequential, type Tensor } from "../../../src/index.js";
import { runWithStates } from "../../support/runWithStates.js";
import { argmax, crossEntropyAt, embedded, readFloats, readJson, relativeDifference } from "./folder.js";

interface Reference {
  readonly seed_ids: number[];
  readonly logits_after_seed: number[];
  readonly logits_after_first_char: number[];
  readonly h_last_layer_after_seed: number[];
  readonly c_last_layer_after_seed: number[];
  readonly greedy_ids: number[];
  readonly text_ids: number[];
  readonly nll_nats: number[];
  readonly mean_nll_nats: number;
}

/** Two float32 implementations, the reference's sums in another order, over up to 123 steps that feed back. */
const TOLERANCE = 1e-5;

const UNITS = 128;

/** The character models of ml5: embedding → 2 × BasicLSTMCell → logits. The embedding is a row of a table, taken here. */
describe.each(["shakespeare", "charlotte_bronte"])("ml5 charRNN: %s", (name) => {
  const at = ["ml5-charrnn", name];
  const load = () => {
    const manifest = readJson<Record<string, { filename: string; shape: number[] }>>(...at, "manifest.json");
    const tensors = new Map<string, Tensor>();
    for (const [tensor, { filename, shape }] of Object.entries(manifest))
      tensors.set(tensor, readFloats(shape, ...at, filename));
    const embedding = tensors.get("embedding") as Tensor;
    const [vocabulary] = embedding.shape;
    const model = new Model(sequential(lstm(UNITS), lstm(UNITS), dense(vocabulary)), { inputSize: UNITS });
    importWeights(model, tensors, {
      from: { gates: "igfo", joint: true, forgetBias: 1 },
      ignore: ["embedding", "Variable"],
    });
    const run = (tokens: readonly number[], states?: readonly Float32Array[]) => {
      const result = runWithStates(model, embedded(embedding, tokens), states);
      return {
        ...result,
        logits: (step: number) => result.output.subarray(step * vocabulary, (step + 1) * vocabulary),
      };
    };
    return { run, reference: readJson<Reference>(...at, "reference.json") };
  };

  test("gives the logits and states of the reference, and its 120 greedy characters", () => {
    const { run, reference } = load();
    let result = run(reference.seed_ids);
    const last = reference.seed_ids.length - 1;
    expect(relativeDifference(result.logits(0), reference.logits_after_first_char)).toBeLessThanOrEqual(TOLERANCE);
    expect(relativeDifference(result.logits(last), reference.logits_after_seed)).toBeLessThanOrEqual(TOLERANCE);
    expect(relativeDifference(result.states[2], reference.h_last_layer_after_seed)).toBeLessThanOrEqual(TOLERANCE);
    expect(relativeDifference(result.states[3], reference.c_last_layer_after_seed)).toBeLessThanOrEqual(TOLERANCE);
    let token = argmax(result.logits(last));
    const greedy = [token];
    while (greedy.length < reference.greedy_ids.length) {
      result = run([token], result.states);
      token = argmax(result.logits(0));
      greedy.push(token);
    }
    expect(greedy).toEqual(reference.greedy_ids);
  });

  test("gives the loss of the reference for every character of a sentence", () => {
    const { run, reference } = load();
    const { logits } = run(reference.text_ids);
    const losses = reference.nll_nats.map((_, step) => crossEntropyAt(logits(step), reference.text_ids[step + 1]));
    expect(relativeDifference(losses, reference.nll_nats)).toBeLessThanOrEqual(TOLERANCE);
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(Math.abs(mean - reference.mean_nll_nats)).toBeLessThanOrEqual(TOLERANCE);
  });
});
