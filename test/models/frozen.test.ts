import { describe, expect, test } from "vitest";
import {
  dense,
  FormatError,
  lastStep,
  loadModel,
  lstm,
  Model,
  readSafetensors,
  sequential,
  writeSafetensors,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const made = () => new Model(sequential(lstm(3, { name: "rnn" }), lastStep(), dense(1)), { inputSize: 2 });
const frozenOf = ({ parameters }: Model) => parameters.filter(({ isFrozen }) => isFrozen).map(({ name }) => name);

describe("what is frozen", () => {
  test("stays so in the file and after it", () => {
    using model = made();
    model.freeze("rnn");
    model.unfreeze("rnn.weight_hh_l0");
    using twin = loadModel(model.save());
    expect(frozenOf(twin)).toEqual(["rnn.weight_ih_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"]);
    expect(twin.save()).toEqual(model.save());
  });

  test("is not spoken of where nothing is", () => {
    using model = made();
    expect(JSON.parse(readSafetensors(model.save()).metadata.recurve as string)).not.toHaveProperty("frozen");
    expect(frozenOf(loadModel(model.save()))).toEqual([]);
  });

  test.each([
    ["a parameter that is not there", ["rnn.weight"]],
    ["a text", "rnn"],
    ["a number in the list", [1]],
  ])("%s: the file is refused", (_, frozen) => {
    const { tensors, metadata } = readSafetensors(made().save());
    const content = { ...JSON.parse(metadata.recurve as string), frozen };
    const bytes = writeSafetensors(tensors, { recurve: JSON.stringify(content) });
    expectRefusal(() => loadModel(bytes), FormatError, '"frozen"', JSON.stringify(frozen));
  });
});
