import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  absoluteError,
  accuracy,
  binaryCrossEntropy,
  ctc,
  type Data,
  dense,
  evaluate,
  fit,
  gaussianNll,
  lastStep,
  lstm,
  type Metric,
  Model,
  meanSquaredError,
  memoryUsage,
  StateError,
  sequential,
  Tensor,
  Trainer,
} from "../../src/index.js";
import { expectRefusal, expectRejection, stateOf } from "../support/refusal.js";

const any = (value: unknown) => value as never;
const make = () => new Model(sequential(lstm(3), lastStep(), dense(1)), { inputSize: 1 });
const input = [[[1], [2]], [[3]], [[2], [0.5], [1]]];
const data = { input, target: [1, 2, 3] };
const loss = meanSquaredError;

/** Every way in which metrics are asked for. */
const ways = {
  evaluate: async (model: Model, given: Data, metrics: never, judge = loss) =>
    void evaluate(model, given, { loss: judge, metrics }),
  fit: async (model: Model, given: Data, metrics: never, judge = loss) =>
    void (await fit(model, given, { loss: judge, validation: 0.4, metrics })),
  Trainer: async (model: Model, given: Data, metrics: never, judge = loss) =>
    new Trainer(model, given, { loss: judge, validation: 0.4, metrics }).dispose(),
};

test("absoluteError refuses outputs that are not the targets' own", () => {
  const wide = new Model(sequential(lstm(3), lastStep(), dense(2)), { inputSize: 1 });
  const options = { loss: gaussianNll(), metrics: [absoluteError] };
  expectRefusal(() => evaluate(wide, data, options), ArgumentError, "2 outputs but 1 targets");
});

describe.each(Object.entries(ways))("%s refuses metrics that are none", (_way, run) => {
  test.each<[string, unknown, string[]]>([
    ["a single one", accuracy, ["metrics must be a list such as [accuracy]"]],
    ["a name", ["accuracy"], ["a metric must be { name, score(output, target) }", '"accuracy"']],
    ["no score", [{ name: "own" }], ["a metric must be { name, score(output, target) }"]],
    ["no name", [{ score: () => 1 }], ["a metric must be { name, score(output, target) }"]],
    ["two of one name", [accuracy, absoluteError, accuracy], ['two called "accuracy"']],
  ])("%s", async (_name, metrics, texts) => {
    const model = make();
    const before = stateOf(model);
    await expectRejection(() => run(model, data, any(metrics)), ArgumentError, ...texts);
    expect(stateOf(model)).toEqual(before);
    model.dispose();
  });

  test("an error of values where the loss takes logits", async () => {
    const model = make();
    const before = stateOf(model);
    const measure = () => run(model, data, any([absoluteError]), binaryCrossEntropy);
    await expectRejection(measure, ArgumentError, "binaryCrossEntropy takes outputs as logits");
    expect(stateOf(model)).toEqual(before);
    model.dispose();
  });

  test("rows have no labels: nothing is trained before that is said", async () => {
    const model = new Model(sequential(lstm(3), dense(3)));
    const labels = { input, target: [[1], [2], [1, 2]] };
    const { used } = memoryUsage();
    await expectRejection(() => run(model, labels, any([accuracy]), ctc()), ArgumentError, "the targets of ctc");
    expect(memoryUsage().used).toBe(used);
    expectRefusal(() => model.save(), StateError, "not yet known");
  });
});

describe("a metric of one's own", () => {
  const own = (score: () => unknown): Metric => any({ name: "own", score });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["a text", "0.5"],
    ["a bigint", 1n],
    ["an array", [1]],
  ])("must give a number, not %s", (_name, value) => {
    const model = make();
    const act = () => evaluate(model, data, { loss, metrics: [own(() => value)] });
    expectRefusal(act, ArgumentError, "the metric own must give a number, received");
    model.dispose();
  });

  test("may not use the model that is measured, whose outputs are yet to be read; afterwards it is free", () => {
    const model = make();
    const act = () => evaluate(model, data, { loss, metrics: [own(() => model.predict([5]).item()), absoluteError] });
    expectRefusal(act, StateError, "a metric may not use the model it judges");
    expect(model.predict([5]).shape).toEqual([1]);
    model.dispose();
  });

  test("may use another model, though the core's memory grows for it", () => {
    const [model, teacher] = [make(), make()];
    const honest = evaluate(model, data, { loss, metrics: [absoluteError] }).metrics;
    const { total } = memoryUsage();
    // A batch that is sure to need more than there is.
    const steps = Math.ceil(total / 4);
    const long = new Tensor(new Float32Array(steps), [1, steps, 1]);
    const grown = own(() => (memoryUsage().total > total ? 1 : teacher.predictBatch(long).data[0]));
    const found = evaluate(model, data, { loss, metrics: [grown, absoluteError] }).metrics;
    expect(memoryUsage().total).toBeGreaterThan(total);
    expect(found?.absoluteError).toBe(honest?.absoluteError);
    model.dispose();
    teacher.dispose();
  });

  test("whose error ends a measurement leaves the model free", () => {
    const model = make();
    const act = () =>
      evaluate(model, data, {
        loss,
        metrics: [
          own(() => {
            throw new RangeError("mine");
          }),
        ],
      });
    expectRefusal(act, RangeError, "mine");
    expect(evaluate(model, data, { loss }).loss).toBeGreaterThan(0);
    model.dispose();
  });
});
