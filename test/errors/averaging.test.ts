import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  ema,
  fit,
  lastStep,
  lstm,
  type Metric,
  Model,
  memoryUsage,
  StateError,
  sequential,
  setRates,
  sgd,
  Trainer,
  WeightAverage,
} from "../../src/index.js";
import { expectRefusal, expectRejection, expectUntouched, stateOf } from "../support/refusal.js";
import { begin, data, layer, loss, make } from "./trainers.js";

const any = (value: unknown) => value as never;

describe("ema refuses options that make no sense", () => {
  test.each([
    ["a decay of 1", () => ema({ decay: 1 }), ["decay of ema", "below 1"]],
    ["a negative decay", () => ema({ decay: -0.1 }), ["decay of ema", "between 0 and 1", "-0.1"]],
    ["a decay above 1", () => ema({ decay: 1.5 }), ["decay of ema", "1.5"]],
    ["a decay that is none", () => ema({ decay: Number.NaN }), ["decay of ema", "NaN"]],
    ["a negative start", () => ema({ start: -1 }), ["start of ema", "-1"]],
    ["half a start", () => ema({ start: 2.5 }), ["start of ema", "2.5"]],
    ["an unknown option", () => ema(any({ momentum: 0.9 })), ['"momentum"', "decay, start"]],
    ["a number as options", () => ema(any(0.99)), ["ema", "received 0.99"]],
  ] as const)("%s", (_name, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});

describe("averaging is refused, and the model stays as it was,", () => {
  test.each<[string, unknown, string]>([
    ["by a number", 0.999, "received 0.999"],
    ["by name", "ema", '"ema"'],
    ["by ema itself", ema, "a function"],
    ["by an optimizer", sgd(), "a recurve optimizer"],
    ["by null", null, "null"],
  ])("%s", async (_name, averaging, text) => {
    const model = make();
    const options = any({ loss, averaging });
    expectUntouched(model, () => new Trainer(model, data, options), ArgumentError, "ema({ decay: 0.999 })", text);
    expectUntouched(model, () => new WeightAverage(model, any(averaging)), ArgumentError, "ema(", text);
    const before = stateOf(model);
    await expectRejection(() => fit(model, data, options), ArgumentError, "ema({ decay: 0.999 })", text);
    expect(stateOf(model)).toEqual(before);
  });

  test("of a layer whose name the file needs for it", () => {
    const clash = sequential(lstm(2, { name: "rnn" }), lstm(2, { name: "average.rnn" }), lastStep(), dense(1));
    const model = new Model(clash, { inputSize: 1 });
    const averaged = () => new Trainer(model, data, { loss, averaging: ema() });
    expectUntouched(model, averaged, ArgumentError, "average.rnn", "twice");
    new Trainer(model, data, { loss }).dispose();
  });
});

describe("an average says when it is the wrong moment", () => {
  test("to train averaged weights, to go on after its end, to begin without sizes", () => {
    const model = make();
    const { used } = memoryUsage();
    const average = new WeightAverage(model, ema());
    average.swap();
    expectUntouched(model, () => average.update(), StateError, "averaged weights", "swap()");
    expect(average.updates).toBe(0);
    average.swap();
    average.update();
    average.dispose();
    expect(memoryUsage().used).toBe(used);
    expectRefusal(() => average.update(), StateError, "this average was disposed");
    expectRefusal(() => average.swap(), StateError, "this average was disposed");
    expectRefusal(() => new WeightAverage(new Model(layer), ema()), StateError, "not yet known");
    expectRefusal(() => new WeightAverage(any({}), ema()), ArgumentError, "a Model is wanted");
    model.dispose();
  });

  test("to ask a trainer that averages nothing, or was disposed", () => {
    const trainer = begin();
    expectRefusal(() => trainer.averaged(), StateError, "averages nothing", "ema()");
    const other = begin({ averaging: ema() });
    other.dispose();
    expectRefusal(() => other.averaged(), StateError, "disposed");
  });

  test("to save while the validation data see averaged weights; an error there brings the weights back", () => {
    let fails = true;
    const { trainer, tried } = watched(() => {
      if (fails) throw new RangeError("mine");
    });
    trainer.run({ batches: 1 });
    expectRefusal(() => trainer.run({ epochs: 1 }), RangeError, "mine");
    expect(tried).toHaveLength(1);
    expect(tried[0]).toContain("between updates");
    // All that is left of the epoch is its end.
    const calm = watched(() => {});
    while (calm.trainer.updates < trainer.updates) calm.trainer.run({ batches: 1 });
    fails = false;
    expect(trainer.run({ epochs: 1 })).toMatchObject({ batches: 0, epochs: 1 });
    expect(trainer.save()).toEqual(calm.trainer.save());
  });

  /** A trainer that tries to save itself while it measures. */
  function watched(act: () => void): { trainer: Trainer; tried: string[] } {
    const tried: string[] = [];
    const nosy = {
      name: "nosy",
      score() {
        try {
          trainer.save();
        } catch (error) {
          tried.push((error as Error).message);
        }
        act();
        return 0;
      },
    };
    const options = { averaging: ema({ decay: 0.5 }), validation: 0.2, metrics: [nosy as unknown as Metric] };
    const trainer = begin(options);
    return { trainer, tried };
  }
});

describe("setRates refuses, and the model stays as it was,", () => {
  test.each<[string, unknown, unknown, string[]]>([
    ["a negative rate", "rnn", { rate: -1 }, ["rate of setRates", "-1"]],
    ["a rate that is none", "rnn", { rate: Number.NaN }, ["rate of setRates", "NaN"]],
    ["a rate beyond float32", "rnn", { rate: 1e30 }, ["rate of setRates", "1e+30"]],
    ["a negative decay", "rnn", { decay: -0.1 }, ["decay of setRates", "-0.1"]],
    ["a text as decay", "rnn", { rate: 0.5, decay: "0" }, ["decay of setRates", '"0"']],
    ["an unknown factor", "rnn", { learningRate: 0.1 }, ['"learningRate"', "rate, decay"]],
    ["no factors", "rnn", undefined, ["setRates", "undefined"]],
    ["a path to nothing", "rn", { rate: 0 }, ['no parameter "rn"', "rnn.weight_ih_l0"]],
    ["no path", 3, { rate: 0 }, ["a path or a function", "received 3"]],
  ])("%s", (_name, which, factors, texts) => {
    const model = make();
    const before = model.parameters.map(({ rate, decay }) => [rate, decay]);
    expectUntouched(model, () => setRates(model, any(which), any(factors)), ArgumentError, ...texts);
    expect(model.parameters.map(({ rate, decay }) => [rate, decay])).toEqual(before);
    model.dispose();
  });

  test("a model whose sizes are not known, and what is no model", () => {
    expectRefusal(() => setRates(new Model(layer), "rnn", { rate: 0 }), StateError, "not yet known");
    expectRefusal(() => setRates(any({}), "rnn", { rate: 0 }), ArgumentError, "a Model is wanted");
  });
});
