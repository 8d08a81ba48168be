import { describe, expect, test } from "vitest";
import {
  dense,
  FormatError,
  lastStep,
  loadModel,
  lstm,
  Model,
  memoryUsage,
  readSafetensors,
  sequential,
  setRates,
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

describe("what setRates gave", () => {
  const ratesOf = ({ parameters }: Model) => parameters.map(({ name, rate, decay }) => [name, rate, decay]);

  test("stays so in the file and after it", () => {
    using model = made();
    setRates(model, "rnn", { rate: 0.1 });
    setRates(model, ({ shape }) => shape.length < 2, { decay: 0 });
    using twin = loadModel(model.save());
    expect(ratesOf(twin)).toEqual(ratesOf(model));
    expect(twin.save()).toEqual(model.save());
  });

  test("is not spoken of where nothing is", () => {
    expect(JSON.parse(readSafetensors(made().save()).metadata.recurve as string)).not.toHaveProperty("rates");
  });

  test.each([
    ["a parameter that is not there", [["rnn.weight", 1, 1]]],
    ["a name without factors", ["rnn.weight_ih_l0"]],
    ["a negative rate", [["rnn.weight_ih_l0", -1, 1]]],
    ["a decay as text", [["rnn.weight_ih_l0", 1, "1"]]],
    ["a number", 3],
  ])("%s: the file is refused", (_, rates) => {
    const { tensors, metadata } = readSafetensors(made().save());
    const bytes = writeSafetensors(tensors, {
      recurve: JSON.stringify({ ...JSON.parse(metadata.recurve as string), rates }),
    });
    const { used } = memoryUsage();
    expectRefusal(() => loadModel(bytes), FormatError, '"rates"', JSON.stringify(rates));
    expect(memoryUsage().used).toBe(used);
  });
});
