import { describe, expect, test } from "vitest";
import { pytorch } from "../../src/formats/pytorch.js";
import {
  type Activation,
  bidirectional,
  elman,
  gru,
  importWeights,
  type Layer,
  lstm,
  Model,
  sequential,
  Tensor,
} from "../../src/index.js";
import { tensorDifference } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { distinctAll, values } from "./weights.js";

/** PyTorch's module as a chain of layers without names. */
function layersOf(reference: ReferenceCase): Layer {
  const { cell, bias, proj_size } = reference.config;
  const units = reference.number("hidden_size");
  const common = {
    bias: bias === true,
    ...(typeof proj_size === "number" && proj_size > 0 ? { projectionSize: proj_size } : {}),
  };
  const makers: Readonly<Record<string, () => Layer>> = {
    gru: () => gru(units, common),
    lstm: () => lstm(units, common),
  };
  const [, activation] = /^rnn_(.*)$/.exec(cell as string) ?? [];
  const make = makers[cell as string] ?? (() => elman(units, { ...common, activation: activation as Activation }));
  const both = reference.config.bidirectional === true;
  return sequential(
    ...Array.from({ length: reference.number("num_layers") }, () => (both ? bidirectional(make()) : make())),
  );
}

/** Cases from a state of zero. */
const plain = caseEntries.filter(({ kind, config }) => kind === "rnn" && config.initial_state === "zero");

/** [T, B, width] and [B, T, width], one from the other. */
function swapped({ data, shape: [first, second, width] }: Tensor): Tensor {
  const values = data.map((_, index) => {
    const [column, row] = [index % width, Math.floor(index / width)];
    return data[((row % first) * second + Math.floor(row / first)) * width + column];
  });
  return new Tensor(values, [second, first, width]);
}

describe("importWeights from PyTorch gives PyTorch's outputs", () => {
  test("there are such cases", () => expect(plain.length).toBeGreaterThan(0));

  test.each(plain)("$id", (entry) => {
    const reference = new ReferenceCase(entry);
    const tensor = (name: string) => new Tensor(Float32Array.from(reference.values(name)), reference.shape(name));
    const batchFirst = (name: string) => (reference.config.batch_first === true ? tensor(name) : swapped(tensor(name)));
    const names = [...reference.tensors.keys()].filter((name) => /^(weight|bias)_/.test(name));
    using model = new Model(layersOf(reference), { inputSize: reference.number("input_size") });
    importWeights(model, new Map(names.map((name) => [name, tensor(name)])), { from: "pytorch" });
    const lengths = reference.has("lengths") ? { lengths: reference.values("lengths") } : {};
    const output = model.predictBatch(batchFirst("x"), lengths);
    const expected = batchFirst("output");
    // PyTorch pads to the longest length that there could be, this library to the longest that there is.
    const [batch, steps, width] = expected.shape;
    const grown = new Float32Array(expected.data.length);
    for (let index = 0; index < batch; index++) {
      const size = output.shape[1] * width;
      grown.set(output.data.subarray(index * size, (index + 1) * size), index * steps * width);
    }
    expect(tensorDifference(grown, expected.data)).toBeLessThanOrEqual(reference.allowed("value"));
  });
});

describe("PyTorch's names", () => {
  test.each([
    ["rnn.weight_ih_l0", "rnn", 0, false, "weight_ih"],
    ["encoder.rnn.bias_hh_l12_reverse", "encoder.rnn", 12, true, "bias_hh"],
    ["weight_hr_l1", "", 1, false, "weight_hr"],
    ["cell.weight_hh", "cell", 0, false, "weight_hh"],
    ["fc.bias", "fc", 0, false, "bias"],
    ["layers.2.fc.weight", "layers.2.fc", 0, false, "weight"],
  ])("%s", (name, module, index, isReverse, part) => {
    expect(pytorch.parse(name)).toEqual({ module, index, isReverse, part });
  });

  test("of a single cell fill a layer", () => {
    const tensors = distinctAll({
      "cell.weight_ih": [9, 2],
      "cell.weight_hh": [9, 3],
      "cell.bias_ih": [9],
      "cell.bias_hh": [9],
    });
    using model = new Model(gru(3), { inputSize: 2 });
    importWeights(model, tensors, { from: "pytorch" });
    expect(values(model, "weight_hh_l0")).toEqual(tensors["cell.weight_hh"].data);
  });
});
