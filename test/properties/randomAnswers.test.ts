import { describe, test } from "vitest";
import { loadModel } from "../../src/index.js";
import { expectSameBits } from "./bits.js";
import { modelOf, randomAnswers } from "./randomAnswers.js";

const STEPS = 5;
/** Steps of a masked input. */
const ROOM = 8;

const networks = Array.from({ length: 32 }, (_, index) => randomAnswers(1 + index));

describe.each(networks)("$label", (network) => {
  const { data } = network;
  const all = data.input as never[];

  test("an answer alone, and of a loaded model, has the bits of that among others", () => {
    using model = modelOf(network);
    const whole = model.predictBatch(all, { steps: STEPS }).data;
    const size = whole.length / all.length;
    all.forEach((one, index) => {
      const alone = model.predictBatch([one], { steps: STEPS }).data;
      expectSameBits(alone, whole.slice(index * size, index * size + alone.length), `answer ${index}`);
    });
    using loaded = loadModel(model.save());
    expectSameBits(loaded.predictBatch(all, { steps: STEPS }).data, whole, "loaded");
  });
});

describe.each(networks.filter(({ isSingleStep }) => !isSingleStep))("$label", (network) => {
  test("masked steps of the input are as if they were not there", () => {
    using model = modelOf(network);
    const sequences = network.data.input as unknown[][];
    const between = sequences[0][0];
    // Every other step first, then the others: holes before, between and after.
    const places = [1, 3, 5, 7, 0, 2, 4, 6];
    const mask = sequences.map(({ length }) =>
      Array.from({ length: ROOM }, (_, step) => (places.indexOf(step) < length ? 1 : 0)),
    );
    const holes = mask.map((flags, index) => {
      const left = sequences[index].slice();
      return flags.map((flag) => (flag === 1 ? left.shift() : between));
    });
    const masked = model.predictBatch(holes as never, { mask, steps: STEPS }).data;
    expectSameBits(masked, model.predictBatch(sequences as never, { steps: STEPS }).data, "answers");
  });
});
