import { describe, test } from "vitest";
import { FormatError } from "../../src/index.js";
import { called, functionalOf, input, layer, lstmOptions, modelJson } from "../models/kerasFiles.js";
import { expectRefused } from "./kerasRefusals.js";

const node = (name: string, index = 0) => [name, 0, index, {}];
const from = (kind: string, name: string, reads: readonly string[], options: object = {}) =>
  called(layer(kind, name, { ...options }), ...reads.map((each) => node(each)));
const lstm = (name: string, read: string, options: object = {}) =>
  from("LSTM", name, [read], { ...lstmOptions, units: 2, ...options });
const dense = (name: string, read: string, units = 2) => from("Dense", name, [read], { units });
const add = (...reads: readonly string[]) => from("Add", "join", reads);
const beside = (reads: readonly string[], options: object = {}) => from("Concatenate", "join", reads, options);

/** A model of two inputs [batch, time, 2] that ends in the layer "join". */
const ofJoin = (...layers: readonly object[]) =>
  functionalOf(["x", "y"], "join", input("x", null, 2), input("y", null, 2), ...layers);
const refused = (topology: object, ...texts: readonly string[]) =>
  expectRefused(modelJson(topology, []), new Uint8Array(0), FormatError, ...texts);

const both = [lstm("a", "x"), lstm("b", "x")];
const sums = "join (Add): it adds what several ways make: only x + f(x) is read";

describe("of ways that meet, refused is", () => {
  test.each([
    ["a sum of two layers", ofJoin(...both, add("a", "b")), [sums]],
    ["a sum of three", ofJoin(...both, add("x", "a", "b")), [sums]],
    ["a sum of an output with itself", ofJoin(lstm("a", "x"), add("a", "a")), [sums]],
    ["a sum of one", ofJoin(lstm("a", "x"), add("a")), [sums]],
    [
      "an output beside itself",
      ofJoin(lstm("a", "x"), beside(["a", "a"])),
      ["join (Concatenate): it joins an output with itself"],
    ],
    [
      "what comes from two inputs",
      ofJoin(lstm("a", "x"), lstm("b", "y"), beside(["a", "b"])),
      ["join (Concatenate): it joins what comes from different inputs"],
    ],
    [
      "steps one after the other",
      ofJoin(...both, beside(["a", "b"], { axis: 1 })),
      ["option axis must be -1, found 1"],
    ],
    [
      "batches one after the other",
      ofJoin(...both, beside(["a", "b"], { axis: 0 })),
      ["option axis must be -1, found 0"],
    ],
    [
      "an axis that rows do not have",
      ofJoin(lstm("a", "x", { return_sequences: false }), dense("d", "a"), beside(["a", "d"], { axis: 2 })),
      ["option axis must be -1, found 2"],
    ],
    ["an unknown option", ofJoin(...both, beside(["a", "b"], { turned: 1 })), ["option turned = 1 is not read"]],
    [
      "a row added to every step",
      ofJoin(lstm("a", "x"), lstm("b", "a", { return_sequences: false }), add("a", "b")),
      ["join (Add): it joins what has steps with what has one row for each sequence"],
    ],
    [
      "a layer that lies on two ways at once",
      ofJoin(...both, from("Concatenate", "c", ["a", "b"]), dense("d", "c"), beside(["a", "d"])),
      ["a (LSTM): its output goes to c (Concatenate) and join (Concatenate)"],
    ],
    [
      "a branch that nothing reads",
      ofJoin(...both, beside(["a", "b"]), dense("unused", "a")),
      ["a (LSTM): its output goes to join (Concatenate) and unused (Dense)"],
    ],
    [
      "a branch behind a row that is repeated",
      functionalOf(
        ["x"],
        "end",
        input("x", null, 2),
        lstm("a", "x", { return_sequences: false }),
        dense("d", "a"),
        from("RepeatVector", "r", ["a"], { n: 2 }),
        lstm("end", "r"),
      ),
      ["a (LSTM): its output goes to d (Dense) and r (RepeatVector)"],
    ],
    [
      "a shared layer",
      ofJoin({ ...lstm("a", "x"), inbound_nodes: [[node("x")], [node("a")]] }, add("x", "a")),
      ["a (LSTM): it is used 2 times"],
    ],
    [
      "a state among what is joined",
      ofJoin(lstm("a", "x", { return_state: true }), called(layer("Concatenate", "join"), node("a"), node("a", 1))),
      ['join (Concatenate): it reads a state of "a" as its input'],
    ],
    [
      "tables of the same tokens side by side",
      functionalOf(
        ["t"],
        "join",
        input("t", null),
        ...["e", "f"].map((name) => from("Embedding", name, ["t"], { input_dim: 4, output_dim: 2 })),
        beside(["e", "f"]),
      ),
      ["e (Embedding): it must read the input itself, as the only layer"],
    ],
    [
      "a mask on one way",
      ofJoin(from("Masking", "m", ["x"], { mask_value: 0 }), lstm("a", "m"), beside(["a", "x"])),
      ["m (Masking): it masks one of several ways"],
    ],
    ["a ring", ofJoin(add("x", "d"), dense("d", "join")), ["join (Add): the output comes from no input"]],
    [
      "a layer that is not known on a way, and nothing that follows from it",
      ofJoin(from("Conv1D", "a", ["x"]), add("x", "a")),
      ["is not read:\n  a (Conv1D): there is no such layer here."],
    ],
  ] as const)("%s", (_, topology, texts) => refused(topology, ...texts));

  test("widths that differ, which Keras would widen", () => {
    refused(ofJoin(dense("d", "x", 1), add("x", "d")), "residual adds input and output", "their widths are 2 and 1");
  });

  test("several outputs", () => {
    const topology = ofJoin(...both, beside(["a", "b"])) as { config: { output_layers: unknown[] } };
    topology.config.output_layers.push(["a", 0, 0]);
    refused(topology, "the model has 2 outputs (join, a): one is read");
  });

  test("operations of Keras 3 on numbers, such as those that make a mask", () => {
    const tensor = (name: string) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } });
    const op = (kind: string, name: string, args: readonly unknown[], kwargs: object = {}) => ({
      ...layer(kind, name, lstmOptions),
      inbound_nodes: [{ args, kwargs }],
    });
    const mask = op("NotEqual", "differs", [tensor("x"), 0]);
    refused(
      ofJoin(mask, op("LSTM", "join", [tensor("x")], { mask: tensor("differs") })),
      "join (LSTM): it is called with another mask than Keras 3 hands on to it",
    );
    refused(ofJoin(op("Add", "join", [tensor("x"), 1])), "join (Add): it reads 1, which is no output of a layer");
  });

  test("ways within ways without end", () => {
    const deep = Array.from({ length: 40 }, (_, at) => [
      dense(`d${at}`, at === 0 ? "x" : `s${at - 1}`),
      from("Add", at === 39 ? "join" : `s${at}`, ["x", `d${at}`]),
    ]);
    refused(ofJoin(...deep.flat()), "ways within ways lie too deep");
  });
});

describe("masked steps", () => {
  const masked = (...layers: readonly object[]) => ofJoin(from("Masking", "m", ["x"], { mask_value: 2 }), ...layers);

  test("are refused where they reach the output past recurrent layers and Keras has made them 0", () => {
    refused(masked(lstm("a", "m"), add("m", "a")), "x (InputLayer): steps masked by 2 reach the output");
  });

  test("are refused where some layers give 0 and others their state", () => {
    const turned = from("Bidirectional", "b", ["m"], {
      merge_mode: "sum",
      layer: layer("LSTM", "inner", { ...lstmOptions, units: 2 }),
    });
    refused(masked(lstm("a", "m"), turned, beside(["a", "b"])), "at its masked steps some layers give 0, others the");
  });

  test("behind a sum are refused of TensorFlow.js, which loses its mask", () => {
    const layers = [lstm("a", "x"), dense("d", "a"), add("a", "d"), lstm("end", "join")];
    const topology = functionalOf(
      ["t"],
      "end",
      input("t", null),
      from("Embedding", "x", ["t"], { input_dim: 4, output_dim: 2, mask_zero: true }),
      ...layers,
    );
    refused({ ...topology, keras_version: "tfjs-layers 4.22.0" }, "end (LSTM): it is masked behind an Add");
    refused({ ...topology, keras_version: "2.15.0" }, "missing: the tensors of");
  });
});
