import { test } from "vitest";
import {
  ArgumentError,
  activate,
  bidirectional,
  dense,
  elman,
  finalState,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  sequential,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import { describeNetworks, padded, ragged } from "./layerTruths.js";

/** Activations that stand alone, of values and of inputs, and directions whose last outputs are merged. */
const networks: Readonly<Record<string, Layer>> = {
  "after a recurrent layer": sequential(gru(5), activate("softplus"), lastStep(), dense(2)),
  "after a dense layer, from its input": sequential(dense(3), activate("silu"), elman(2), finalState(), dense(2)),
  "with parameters, at the end": sequential(lstm(3), lastStep(), dense(2), activate({ type: "elu", alpha: 0.4 })),
  "in both directions": sequential(bidirectional(sequential(activate("tanh"), gru(3))), lastStep(), dense(2)),
  "last outputs added": sequential(bidirectional(sequential(lstm(3), finalState()), { merge: "sum" }), dense(2)),
  "last outputs multiplied": sequential(bidirectional(sequential(gru(2), finalState()), { merge: "mul" })),
  "last outputs averaged, the first reading from the end": sequential(
    bidirectional(sequential(gru(2, { direction: "reverse" }), finalState()), { merge: "average" }),
  ),
};

describeNetworks(networks);

test("a dense layer and its activation apart give the bits of both in one", () => {
  using one = new Model(sequential(gru(5), dense(3, { activation: "gelu" })), { inputSize: 3 });
  using two = new Model(sequential(gru(5), dense(3), activate("gelu")), { inputSize: 3 });
  expectSameBits(two.predictBatch(ragged).data, one.predictBatch(ragged).data, "prediction");
  const session = two.session();
  const steps = (ragged[0] as number[][]).flatMap((row) => [...session.step(row)]);
  expectSameBits(steps, two.predict(ragged[0] as number[][]).data, "step by step");
});

test("the last outputs of both directions are those of the layers alone", () => {
  using model = new Model(bidirectional(sequential(gru(2), finalState()), { merge: "sum" }), { inputSize: 3 });
  using side = new Model(sequential(bidirectional(gru(2)), finalState()), { inputSize: 3 });
  side.parameters.forEach((parameter, index) => {
    parameter.write((model.parameters[index] as (typeof model.parameters)[number]).read());
  });
  const apart = side.predictBatch(padded).data;
  const sums = Float32Array.from({ length: 8 }, (_, at) => {
    const from = 4 * Math.floor(at / 2) + (at % 2);
    return (apart[from] as number) + (apart[from + 2] as number);
  });
  expectSameBits(model.predictBatch(padded).data, sums, "sum");
});

test("what is no activation is refused", () => {
  expectRefusal(() => activate("relux" as never), ArgumentError, "activation must be one of");
  expectRefusal(() => activate("tanh", { units: 3 } as never), ArgumentError, 'activate(tanh) knows no option "units"');
});
