import { describe, test } from "vitest";
import {
  ArgumentError,
  bidirectional,
  dense,
  finalState,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  mean,
  meanSquaredError,
  reverseSteps,
  ShapeError,
  sequential,
  Trainer,
  truncated,
} from "../../src/index.js";
import { expectSameBits } from "../properties/bits.js";
import { expectRefusal } from "../support/refusal.js";
import { describeNetworks, padded, ragged } from "./layerTruths.js";

const networks: Readonly<Record<string, Layer>> = {
  "between recurrent layers": sequential(
    gru(3, { direction: "reverse" }),
    reverseSteps(),
    lstm(3),
    finalState(),
    dense(2),
  ),
  "in both directions": sequential(bidirectional(sequential(gru(3), reverseSteps(), gru(2))), lastStep(), dense(2)),
  "of the input": sequential(reverseSteps(), gru(3), reverseSteps(), mean(), dense(2)),
};

describeNetworks(networks);

describe("reverseSteps", () => {
  test("turns each sequence within its own length, batch after batch", () => {
    using model = new Model(reverseSteps(), { inputSize: 3 });
    for (const input of [ragged, padded, ragged.slice().reverse(), padded.slice(1)]) {
      const { data, shape } = model.predictBatch(input);
      const steps = shape[1] as number;
      const wanted = input.flatMap((rows) => {
        const zeros = Array.from({ length: steps - rows.length }, () => [0, 0, 0]);
        return [...rows.slice().reverse(), ...zeros].flat();
      });
      expectSameBits(data, Float32Array.from(wanted), "steps");
    }
  });

  test("a layer between two of them reads as one that reads from the end", () => {
    using turned = new Model(sequential(reverseSteps(), lstm(4), reverseSteps()), { inputSize: 3 });
    using reverse = new Model(lstm(4, { direction: "reverse" }), { inputSize: 3 });
    reverse.parameters.forEach((parameter, index) => {
      parameter.write((turned.parameters[index] as (typeof turned.parameters)[number]).read());
    });
    expectSameBits(reverse.predictBatch(ragged).data, turned.predictBatch(ragged).data, "prediction");
  });

  test("needs whole sequences: no session, no windows of back-propagation", () => {
    using model = new Model(sequential(gru(2), reverseSteps()), { inputSize: 3 });
    expectRefusal(() => model.session(), ArgumentError, "its first step is the last of a sequence");
    const data = { input: padded, target: padded.map((rows) => rows.map((row) => row.slice(1))) };
    const options = { loss: meanSquaredError, truncate: truncated({ every: 2 }) };
    expectRefusal(() => new Trainer(model, data, options), ArgumentError, "in windows, which reverseSteps cannot");
  });

  test("is refused where the steps are gone, and with options it does not know", () => {
    const gone = () => new Model(sequential(gru(2), lastStep(), reverseSteps()), { inputSize: 3 });
    expectRefusal(gone, ShapeError, "reverseSteps expects [batch, time, 2] but receives [batch, 2]");
    expectRefusal(() => reverseSteps({ units: 2 } as never), ArgumentError, 'reverseSteps knows no option "units"');
  });
});
