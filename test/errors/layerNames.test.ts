import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  activate,
  attentionPool,
  cells,
  columns,
  dense,
  everyStep,
  finalState,
  fit,
  gru,
  lastStep,
  loadModel,
  logSoftmax,
  lstm,
  Model,
  max,
  mean,
  meanSquaredError,
  type NameOptions,
  recurrent,
  residual,
  reverseSteps,
  sequential,
  sgd,
  softmax,
} from "../../src/index.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

test.each([
  ["lstm(4)", () => lstm(4, any({ peephole: true })), ["peepholes", "coupled", "cellClip", "forgetBias"]],
  ["lstm(4)", () => lstm(4, any({ peepholes: true, speed: 1 })), ["peepholes", "coupled"]],
  ["lstm(4)", () => lstm(4, any({ coupled: true, speed: 1 })), ["peepholes", "coupled"]],
  ["gru(4)", () => gru(4, any({ rest: "before" })), ["reset", "gateActivation"]],
] as const)("an unknown option of %s is told with all that there are", (name, act, options) => {
  expectRefusal(act, ArgumentError, `${name} knows no option`, ...options);
});

test.each([
  [{ batch_size: 4 }, "batchSize"],
  [{ epoch: 4 }, "epochs"],
  [{ Optimizer: sgd() }, "optimizer"],
] as const)("an option %j is told what was meant", async (option, meant) => {
  const model = new Model(sequential(gru(2), dense(1)));
  const run = () => fit(model, { input: [[[1]]], target: [[[1]]] }, any({ loss: meanSquaredError, ...option }));
  await expectRejection(run, ArgumentError, `Did you mean "${meant}"?`);
});

test("a layer is told as it is written", () => {
  const written = [
    [lstm(4, { peepholes: true }), "lstm(4)"],
    [lstm(4, { coupled: true }), "lstm(4, coupled)"],
    [gru(4, { reset: "before", direction: "reverse" }), "gru(4, reset before, reverse)"],
    [gru(4, { clip: 3 }), "gru(4)"],
    [recurrent(cells.mgu, 4), "mgu(4)"],
  ] as const;
  for (const [layer, text] of written) expect(new Model(layer, { inputSize: 1 }).summary()).toContain(` ${text} `);
});

test.each(["mgu", undefined, {}])("a cell that is none, %j, is refused", (cell) => {
  expectRefusal(() => recurrent(any(cell), 4), ArgumentError, "recurrent wants a cell such as cells.mgu, received");
});

describe.each([
  ["lastStep", lastStep],
  ["finalState", finalState],
  ["mean", mean],
  ["max", max],
  ["reverseSteps", reverseSteps],
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
  ["columns", (options?: NameOptions) => columns(0, 2, options)],
  ["activate", (options?: NameOptions) => activate("relu", options)],
  ["attentionPool", (options?: NameOptions) => attentionPool(dense(1), options)],
  ["everyStep", (options?: NameOptions) => everyStep(mean(), options)],
  ["residual", (options?: NameOptions) => residual(gru(2), options)],
] as const)("%s", (name, make) => {
  const refused = (given: unknown, ...texts: string[]) =>
    expectRefusal(() => make(any(given)), ArgumentError, name, ...texts);

  test("has a name, which files keep, and no other options", () => {
    refused({ units: 3 }, 'knows no option "units". Its options are name.');
    refused(3, "wants its options as an object, { name: … }, received 3.");
    const model = new Model(sequential(gru(2), make({ name: "end" })), { inputSize: 1 });
    expect(loadModel(model.save()).specification).toEqual(model.specification);
    expect(JSON.stringify(model.specification)).toContain('"name":"end"');
  });

  test("refuses a layer, which belongs beside it", () => {
    refused(lstm(3), "wants its options as an object, { name: … }, received a recurve layer.");
  });
});
