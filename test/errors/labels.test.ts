import { test } from "vitest";
import {
  ArgumentError,
  accuracy,
  backpropagate,
  ctc,
  evaluate,
  Model,
  manyToOne,
  ShapeError,
} from "../../src/index.js";
import { expectUntouched } from "../support/refusal.js";
import { atEach, sequences } from "./trainingCases.js";

const any = (value: unknown) => value as never;
const toRead = { input: sequences };

/** Three classes a step, three steps. */
test.each([
  [
    "one output a sequence",
    manyToOne({ cell: "gru", inputSize: 1, units: 2, outputSize: 3 }),
    [[1], [2]],
    {},
    ctc(),
    ShapeError,
    ["for every step", "manyToMany"],
  ],
  [
    "a blank beyond the classes",
    atEach,
    [[1], [2]],
    {},
    ctc({ blank: 3 }),
    ShapeError,
    ["at least 4 outputs", "gives 3"],
  ],
  [
    "the blank as label",
    atEach,
    [[1, 0], [2]],
    {},
    ctc(),
    ArgumentError,
    ["other than 0, the blank", "received 0 in target 0, label 1"],
  ],
  [
    "a label that is no class",
    atEach,
    [[1], [2, 3]],
    {},
    ctc(),
    ArgumentError,
    ["from 0 to 2", "received 3 in target 1, label 1"],
  ],
  ["half a label", atEach, [[1.5], [2]], {}, ctc(), ArgumentError, ["whole number", "1.5"]],
  [
    "more labels than steps",
    atEach,
    [[1, 2, 1, 2], [2]],
    {},
    ctc(),
    ShapeError,
    ["target 0 of ctc has 4 labels", "needs 4 steps, its input has 3", "zeroInfinity"],
  ],
  [
    "no step for the blank between",
    atEach,
    [[1], [2, 2, 1]],
    {},
    ctc(),
    ShapeError,
    ["target 1 of ctc has 3 labels, 1 of them", "needs 4 steps"],
  ],
  [
    "too few steps that count",
    atEach,
    [[1, 2], [1]],
    {
      mask: [
        [1, 0, 0],
        [1, 1, 1],
      ],
    },
    ctc(),
    ShapeError,
    ["needs 2 steps, its input has 1"],
  ],
  [
    "a length that is too short",
    atEach,
    [[1, 2], [1]],
    { lengths: [1, 3] },
    ctc(),
    ShapeError,
    ["needs 2 steps, its input has 1"],
  ],
  [
    "weights of steps",
    atEach,
    [[1], [2]],
    {
      weights: [
        [1, 1, 1],
        [1, 1, 1],
      ],
    },
    ctc(),
    ShapeError,
    ["weights must be [batch]"],
  ],
  ["rows of values", atEach, [[[1, 2]], [[2, 1]]], {}, ctc(), ShapeError, ["a list of [labels]", "2 values"]],
] as const)("ctc: %s", (_name, layer, target, extras, loss, kind, texts) => {
  const model = new Model(layer, { inputSize: 1 });
  expectUntouched(model, () => backpropagate(model, any({ ...toRead, target, ...extras }), loss), kind, ...texts);
  model.dispose();
});

test("metrics of rows, where targets are labels", () => {
  const model = new Model(atEach, { inputSize: 1 });
  const act = () => evaluate(model, { ...toRead, target: [[1], [2]] }, { loss: ctc(), metrics: [accuracy] });
  expectUntouched(model, act, ArgumentError, "sequences of labels", "Decode");
  model.dispose();
});
