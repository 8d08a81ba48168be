import { describe, expect, test } from "vitest";
import { FormatError, loadKeras, memoryUsage, ShapeError, Tensor } from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import {
  bytesOf,
  called,
  denseWeights,
  functionalOf,
  input,
  layer,
  lstmOptions,
  modelJson,
  numbers,
  recurrentWeights,
  sequentialOf,
  x,
} from "./kerasFiles.js";

const last = { ...lstmOptions, return_sequences: false };

/** An autoencoder: a sequence becomes a row, which is read at five steps. */
const own = [
  ...recurrentWeights("encoder", 2, 3, 4),
  ...recurrentWeights("decoder", 3, 3, 4),
  ...denseWeights("out", 3, 2),
];
const autoencoder = sequentialOf(
  layer("LSTM", "encoder", last),
  layer("RepeatVector", "repeat", { n: 5 }),
  layer("LSTM", "decoder", lstmOptions),
  layer("TimeDistributed", "every", { layer: layer("Dense", "out", { units: 2 }) }),
);
const inWrapper = own.map((one) => ({ ...one, name: one.name.replace(/^out/, "every") }));
const load = (network: object, weights = inWrapper) => loadKeras(modelJson(network, weights), bytesOf(weights));

/** Each row at every one of so many steps. */
const repeated = ({ data, shape: [count, width] }: Tensor, times: number): Tensor =>
  new Tensor(
    Float32Array.from({ length: times * data.length }, (_, at) => {
      const row = Math.floor(at / (times * (width as number)));
      return data[row * (width as number) + (at % (width as number))] as number;
    }),
    [count as number, times, width as number],
  );

describe("RepeatVector", () => {
  test("the output of one network is every step of the next", () => {
    using keras = load(autoencoder);
    const [encoder, decoder] = keras.networks;
    expect(keras.networks.map(({ input: from }) => from)).toEqual([0, { times: 5, network: 0 }]);
    const code = encoder?.model.predictBatch(x) as Tensor;
    expect(code.shape).toEqual([3, 3]);
    const wanted = decoder?.model.predictBatch(repeated(code, 5)) as Tensor;
    const found = keras.predictBatch(x);
    expect(found.shape).toEqual([3, 5, 2]);
    expectSameBits(found.data, wanted.data, "output");
  });

  test("an input without steps is every step of the first", () => {
    const weights = recurrentWeights("rnn", 2, 3, 4);
    const first = layer("RepeatVector", "repeat", { n: 4, batch_input_shape: [null, 2] });
    using keras = load(sequentialOf(first, layer("LSTM", "rnn", lstmOptions)), weights);
    const rows = numbers(3, 2);
    expect(keras.networks[0]?.input).toEqual({ times: 4, input: 0 });
    expectSameBits(keras.predictBatch(rows).data, keras.model.predictBatch(repeated(rows, 4)).data, "output");
    expectRefusal(() => keras.predictBatch(x), ShapeError, "must be [batch, features], received [3, 4, 2]");
  });

  test("beside states that are handed on", () => {
    const weights = [...recurrentWeights("encoder", 2, 3, 4), ...recurrentWeights("decoder", 2, 3, 4)];
    const network = functionalOf(
      ["a", "b"],
      "decoder",
      input("a", null, 2),
      input("b", 2),
      called(layer("LSTM", "encoder", { ...last, return_state: true }), ["a", 0, 0, {}]),
      called(layer("RepeatVector", "repeat", { n: 2 }), ["b", 0, 0, {}]),
      called(layer("LSTM", "decoder", lstmOptions), ["repeat", 0, 0, {}], ["encoder", 0, 1, {}], ["encoder", 0, 2, {}]),
    );
    using keras = load(network, weights);
    expect(keras.predictBatch(x, numbers(3, 2)).shape).toEqual([3, 2, 3]);
    expect(keras.networks[1]?.begins).toHaveLength(2);
  });
});

describe("refused is", () => {
  const before = memoryUsage().used;
  const refused = (network: object, ...texts: string[]) => {
    expectRefusal(() => load(network), FormatError, ...texts);
    expect(memoryUsage().used).toBe(before);
  };
  const decoder = layer("LSTM", "decoder", lstmOptions);

  test("what has steps already", () => {
    const network = sequentialOf(layer("LSTM", "encoder", lstmOptions), layer("RepeatVector", "r", { n: 2 }), decoder);
    refused(network, "r (RepeatVector)", "it repeats what is not one row for each sequence");
    const read = layer("RepeatVector", "r", { n: 2, batch_input_shape: [null, 4, 2] });
    refused(sequentialOf(read, decoder), "it repeats what is not [batch, features]");
  });

  test("a number of steps that is none", () => {
    for (const n of [0, 1.5, "2", null])
      refused(sequentialOf(layer("LSTM", "encoder", last), layer("RepeatVector", "r", { n }), decoder), "option n");
  });

  test("a row that others read too, that is the output, or that is repeated twice", () => {
    const ends = (output: string, ...more: object[]) =>
      functionalOf(
        ["a"],
        output,
        input("a", null, 2),
        called(layer("LSTM", "encoder", last), ["a", 0, 0, {}]),
        called(layer("RepeatVector", "r", { n: 2 }), ["encoder", 0, 0, {}]),
        ...more,
      );
    const read = called(decoder, ["r", 0, 0, {}]);
    const other = called(layer("Dense", "other", { units: 2 }), ["encoder", 0, 0, {}]);
    refused(ends("decoder", read, other), "its output goes to");
    refused(ends("r"), "the output comes from no input");
    const again = called(layer("RepeatVector", "again", { n: 2 }), ["r", 0, 0, {}]);
    refused(
      ends("decoder", again, called(decoder, ["again", 0, 0, {}])),
      "it repeats what is no output of another part",
    );
  });
});
