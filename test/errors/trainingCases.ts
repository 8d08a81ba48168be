import {
  ArgumentError,
  crossEntropy,
  dense,
  lastStep,
  lstm,
  meanSquaredError,
  ShapeError,
  sequential,
} from "../../src/index.js";

/** Two sequences of three steps. */
export const sequences = [
  [[1], [2], [3]],
  [[4], [5], [6]],
];

/** Networks with one answer of three values, three values a step, and one answer of one value. */
export const atEnd = sequential(lstm(2, { name: "rnn" }), lastStep(), dense(3, { name: "head" }));
export const atEach = sequential(lstm(2), dense(3));
export const one = sequential(lstm(2), lastStep(), dense(1));

/** What must be refused: network, data, loss, the class of the error, and what its message names. */
export const cases: [string, typeof one, unknown, unknown, typeof ShapeError | typeof ArgumentError, string[]][] = [
  ["no data", atEnd, undefined, crossEntropy, ArgumentError, ["{ input, target }", "undefined"]],
  ["no target", atEnd, { input: sequences }, crossEntropy, ArgumentError, ["target must be a Tensor", "undefined"]],
  ["no input", atEnd, { target: [1, 2] }, crossEntropy, ArgumentError, ["input must be a Tensor", "undefined"]],
  [
    "a misspelt field",
    atEnd,
    { input: sequences, targets: [1, 2] },
    crossEntropy,
    ArgumentError,
    ['"targets"', "input, target, lengths"],
  ],
  ["no examples", atEnd, { input: [], target: [] }, crossEntropy, ArgumentError, ["no examples"]],
  [
    "fewer targets",
    atEnd,
    { input: sequences, target: [1] },
    crossEntropy,
    ShapeError,
    ["2 inputs but 1 targets", "[sequence]"],
  ],
  [
    "NaN targets",
    one,
    { input: sequences, target: [1, Number.NaN] },
    meanSquaredError,
    ArgumentError,
    ["target must be finite", "NaN in sequence 1"],
  ],
  [
    "another input width",
    one,
    { input: [[[1, 2]]], target: [1] },
    meanSquaredError,
    ShapeError,
    ["[batch, time, 1]", "received [batch, time, 2]"],
  ],
  [
    "no axis of time",
    one,
    { input: [[1], [2]], target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["[2, 1, 1] for 2 of one step"],
  ],
  [
    "a list of [time]",
    one,
    { input: [[1, 2], [3]], target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["a list of [time] sequences"],
  ],
  [
    "another target width",
    one,
    {
      input: sequences,
      target: [
        [1, 2],
        [3, 4],
      ],
    },
    meanSquaredError,
    ShapeError,
    ["wants targets [batch, 1]", "received [2, 2]"],
  ],
  [
    "class numbers for values",
    atEnd,
    { input: sequences, target: [1, 2] },
    meanSquaredError,
    ShapeError,
    ["wants targets [batch, 3]", "received [2]"],
  ],
  [
    "classes of one output",
    one,
    { input: sequences, target: [0, 0] },
    crossEntropy,
    ShapeError,
    ["crossEntropy needs at least 2 outputs", "gives 1"],
  ],
  [
    "a class beyond the last",
    atEnd,
    { input: sequences, target: [0, 3] },
    crossEntropy,
    ArgumentError,
    ["from 0 to 2", "received 3 in target 1"],
  ],
  [
    "a negative class",
    atEnd,
    { input: sequences, target: [-1, 0] },
    crossEntropy,
    ArgumentError,
    ["from 0 to 2", "received -1 in target 0"],
  ],
  [
    "half a class",
    atEnd,
    { input: sequences, target: [0.5, 0] },
    crossEntropy,
    ArgumentError,
    ["whole number", "received 0.5"],
  ],
  [
    "a class beyond the last, later",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2],
        [0, 7, 1],
      ],
    },
    crossEntropy,
    ArgumentError,
    ["received 7 in target 1, step 1"],
  ],
  [
    "targets of steps for one answer",
    atEnd,
    {
      input: sequences,
      target: [
        [[1], [2], [0]],
        [[1], [2], [0]],
      ],
    },
    crossEntropy,
    ShapeError,
    ["one output a sequence", "several steps"],
  ],
  [
    "one target for many steps",
    atEach,
    { input: sequences, target: [1, 2] },
    crossEntropy,
    ShapeError,
    ["target 0 has length 1, its input 3", "lastStep()"],
  ],
  [
    "too few target steps",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1],
        [1, 2],
      ],
    },
    crossEntropy,
    ShapeError,
    ["target 0 has length 2, its input 3"],
  ],
  [
    "too many target steps",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2, 0],
        [0, 1, 2, 0],
      ],
    },
    crossEntropy,
    ShapeError,
    ["target 0 has length 4, its input 3"],
  ],
  [
    "a ragged target that does not follow its input",
    atEach,
    { input: [[[1]], [[2], [3]]], target: [[0, 1], [2]] },
    crossEntropy,
    ShapeError,
    ["target 0 has length 2, its input 1"],
  ],
  [
    "too many lengths",
    atEach,
    {
      input: sequences,
      target: [
        [0, 1, 2],
        [0, 1, 2],
      ],
      lengths: [1, 2, 3],
    },
    crossEntropy,
    ShapeError,
    ["lengths", "2 sequences", "received 3"],
  ],
  ["no loss", one, { input: sequences, target: [1, 2] }, null, ArgumentError, ["loss must be", "null"]],
];
