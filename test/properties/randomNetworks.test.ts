import { describe, expect, test } from "vitest";
import {
  backpropagate,
  clearGradients,
  loadModel,
  type Model,
  meanSquaredError,
  run,
  sgd,
  Tensor,
  Trainer,
  type TruncatedOptions,
  truncated,
} from "../../src/index.js";
import { expectSameBits } from "./bits.js";
import { modelOf, type RandomNetwork, randomNetwork, sequencesOf, targetsOf, withHoles } from "./randomNetworks.js";

/** Unsorted, two of them empty. */
const LENGTHS = [3, 0, 7, 1, 5, 7, 2, 6, 4, 0, 1];
const LONGEST = 7;
const networks = Array.from({ length: 48 }, (_, index) => randomNetwork(1 + index));

/** All sequences in one tensor, the rest of it filled with something that must not matter. */
function padded(sequences: readonly number[][][], { inputSize, tokens }: RandomNetwork): Tensor {
  const filling = tokens === undefined ? 7 : 0;
  const values = new Float32Array(sequences.length * LONGEST * inputSize).fill(filling);
  sequences.forEach((rows, index) => {
    values.set(rows.flat(), index * LONGEST * inputSize);
  });
  return new Tensor(values, [sequences.length, LONGEST, inputSize]);
}

const gradientsOf = (model: Model): number[] =>
  model.parameters.flatMap((parameter) => Array.from(parameter.gradient().data));

describe.each(networks)("$label", (network) => {
  const input = sequencesOf(network, LENGTHS, 5);
  const target = targetsOf(network, LENGTHS, 9);
  /** Values of one sequence in a prediction of all. */
  const size = network.isPerStep ? LONGEST * network.width : network.width;

  test("a sequence alone, a padded batch and a loaded model give the bits of the ragged batch", () => {
    using model = modelOf(network);
    const { data } = model.predictBatch(input);
    expectSameBits(model.predictBatch(padded(input, network), { lengths: LENGTHS }).data, data, "padded");
    input.forEach((sequence, index) => {
      const alone = model.predictBatch([sequence]).data;
      expectSameBits(alone, data.slice(index * size, index * size + alone.length), `sequence ${index}`);
    });
    using loaded = loadModel(model.save());
    expectSameBits(loaded.predictBatch(input).data, data, "loaded");
  });

  test("gradients are the same bits whatever the model computed before, and however the batch is written", () => {
    using fresh = modelOf(network);
    const loss = backpropagate(fresh, { input, target }, meanSquaredError);
    using used = modelOf(network);
    for (const lengths of [[1], [9, 2, 2, 9, 9, 0, 5, 1, 1, 3, 4, 5, 9], [3, 3]]) {
      const other = { input: sequencesOf(network, lengths, 6), target: targetsOf(network, lengths, 6) };
      backpropagate(used, other, meanSquaredError);
      used.predictBatch(other.input);
      clearGradients(used);
    }
    const data = { input: padded(input, network), lengths: LENGTHS, target };
    expect(backpropagate(used, data, meanSquaredError)).toBe(loss);
    expectSameBits(gradientsOf(used), gradientsOf(fresh), "gradients");
  });

  test("masked steps are as if they were not there", () => {
    using model = modelOf(network);
    const { holes, mask } = withHoles(network, input, 9);
    const masked = model.predictBatch(holes, { mask }).data;
    const { data } = model.predictBatch(input);
    if (!network.isPerStep) return expectSameBits(masked, data, "answers");
    mask.forEach((flags, index) => {
      const counting = flags.flatMap((flag, step) => (flag === 1 ? [step] : []));
      counting.forEach((step, place) => {
        const row = (values: Float32Array, from: number) => values.slice(from, from + network.width);
        const shown = row(masked, (index * 9 + step) * network.width);
        expectSameBits(shown, row(data, index * size + place * network.width), `sequence ${index}, step ${step}`);
      });
    });
  });

  test("masked steps have no part in the gradients", () => {
    const { holes, mask } = withHoles(network, input, 9);
    const dull = Array.from({ length: network.width }, () => 9);
    const spread = (rows: number[][], index: number) => {
      const left = rows.slice();
      return mask[index].map((flag) => (flag === 1 ? (left.shift() as number[]) : dull));
    };
    using plain = modelOf(network);
    using masked = modelOf(network);
    const loss = backpropagate(plain, { input, target }, meanSquaredError);
    const wanted = target instanceof Tensor ? target : target.map(spread);
    const same = backpropagate(masked, { input: holes, mask, target: wanted }, meanSquaredError);
    // The rows are summed up in another order: a few roundings of sums of some dozen terms.
    expect(Math.abs(same - loss)).toBeLessThan(1e-5 * (1 + loss));
    const [actual, expected] = [gradientsOf(masked), gradientsOf(plain)];
    const largest = Math.max(1e-3, ...expected.map(Math.abs));
    expect(Math.max(...expected.map((value, at) => Math.abs(value - actual[at]))) / largest).toBeLessThan(2e-5);
  });
});

describe.each(networks.filter(({ isCausal, isPerStep }) => isCausal && isPerStep))("$label", (network) => {
  test("step by step, and in two parts, it gives the bits of the whole", () => {
    using model = modelOf(network);
    const input = sequencesOf(network, [6, 4, 5, 4], 5);
    const [first, second] = [input.map((rows) => rows.slice(0, 3)), input.map((rows) => rows.slice(3))];
    const whole = run(model, input);
    const begun = run(model, first);
    const ended = run(model, second, { initialState: begun.finalState });
    const { width } = network;
    input.forEach((rows, index) => {
      const expected = whole.output.data.slice(index * 6 * width, (index * 6 + rows.length) * width);
      const parts = [begun, ended].flatMap(({ output }) =>
        Array.from(output.data.slice(index * 3 * width, (index + 1) * 3 * width)),
      );
      expectSameBits(parts.slice(0, expected.length), expected, `sequence ${index}`);
      const session = model.session();
      expectSameBits(
        rows.flatMap((row) => Array.from(session.step(row))),
        expected,
        `session ${index}`,
      );
    });
    for (const [path, states] of Object.entries(whole.finalState)) {
      for (const [name, { data }] of Object.entries(states))
        expectSameBits(ended.finalState[path][name].data, data, `${path} ${name}`);
    }
  });
});

const noisy = Array.from({ length: 60 }, (_, index) => randomNetwork(100 + index, { isNoisy: true }));

describe.each(noisy.filter(({ isCausal, isPerStep }) => isCausal && isPerStep))("$label", (network) => {
  test("truncation beyond the ends of all sequences changes no bit", () => {
    const data = { input: sequencesOf(network, LENGTHS, 5), target: targetsOf(network, LENGTHS, 9) };
    const trained = (given?: TruncatedOptions) => {
      using model = modelOf(network);
      const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.01, momentum: 0.5 }), batchSize: 4 };
      new Trainer(model, data, { ...options, ...(given && { truncate: truncated(given) }) }).run({ batches: 5 });
      return model.parameters.flatMap((parameter) => Array.from(parameter.read().data));
    };
    const whole = trained();
    expectSameBits(trained({ every: LONGEST }), whole, "as long as the longest");
    expectSameBits(trained({ every: 9, window: 30 }), whole, "longer");
  });
});
