import { describe, test } from "vitest";
import { FormatError } from "../../src/index.js";
import { lstmOptions } from "../models/kerasFiles.js";
import { embedding, masking, model, node, tensor } from "../models/kerasGraphs.js";
import { expectRefused } from "./kerasRefusals.js";

const options = { ...lstmOptions, units: 2 };
const lstm = (name: string, from: string, mask?: string) =>
  node("LSTM", name, [from], options, mask === undefined ? {} : { mask: tensor(mask) });
const from = (name: string, states: readonly string[], more: object = {}) =>
  node("LSTM", name, ["m"], options, { initial_state: states.map((each) => tensor(each)), ...more });
const [differs, m] = masking as [object, object];
const any = (options: object) => node("Any", "any", ["differs"], { axis: -1, keepdims: false, ...options });
const another = "it is called with another mask than Keras 3 hands on to it";

describe("of the masks of Keras 3, refused is", () => {
  test.each([
    ["one that is missing", model(["x"], "a", m, lstm("a", "m")), "a (LSTM): it is called without the mask"],
    [
      "one that is missing behind others",
      model(["x"], "b", ...masking, lstm("a", "m", "any"), lstm("b", "a")),
      "b (LSTM): it is called without the mask that Keras 3 hands on to it",
    ],
    ["one without Masking", model(["x"], "a", ...masking, lstm("a", "x", "any")), `a (LSTM): ${another}`],
    ["that of another input", model(["x", "t"], "a", m, ...embedding, lstm("a", "m", "n")), `a (LSTM): ${another}`],
    [
      "another number",
      model(["x"], "a", node("NotEqual", "differs", ["x", 0.25]), m, any({}), lstm("a", "m", "any")),
      `a (LSTM): ${another}`,
    ],
    ["a mask of each feature", model(["x"], "a", differs, m, lstm("a", "m", "differs")), `a (LSTM): ${another}`],
    [
      "another axis",
      model(["x"], "a", differs, m, any({ axis: 1 }), lstm("a", "m", "any")),
      'a (LSTM): it is called with "mask"',
    ],
    [
      "another operation",
      model(["x"], "a", ...masking, node("LogicalNot", "not", ["any"]), lstm("a", "m", "not")),
      'a (LSTM): it is called with "mask"',
    ],
    [
      "a mask that is read as a tensor",
      model(["x"], "k", ...masking, lstm("a", "m", "any"), node("Concatenate", "k", ["a", "differs"])),
      "differs (NotEqual): it reads 0.5, which is no output of a layer",
    ],
    [
      "a mask that is the output",
      model(["x"], "any", ...masking, lstm("a", "m", "any")),
      "any (Any): there is no such layer here",
    ],
    [
      "a layer that takes none",
      model(["x"], "d", ...masking, node("Dense", "d", ["m"], { units: 2 }, { mask: tensor("any") })),
      'd (Dense): it is called with "mask"',
    ],
    [
      "one beside states",
      model(["x", "h", "c"], "a", ...masking, from("a", ["h", "c"], { mask: tensor("any") })),
      `a (LSTM): ${another}`,
    ],
    [
      "one behind a layer that begins with states",
      model(["x", "h", "c"], "b", ...masking, from("a", ["h", "c"]), lstm("b", "a", "any")),
      "b (LSTM): some layers are called with the mask of their input, others without",
    ],
    [
      "steps that Masking makes 0 where no mask follows",
      model(["x", "h", "c"], "a", m, from("a", ["h", "c"])),
      "x (InputLayer): steps masked by 0.5 reach layers that are called without mask",
    ],
  ] as const)("%s", (_, topology, text) => expectRefused(topology, new Map(), FormatError, text));
});
