import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  gru,
  type Layer,
  lastStep,
  loadModel,
  lstm,
  Model,
  readSafetensors,
  sequential,
  tied,
  writeSafetensors,
} from "../../src/index.js";

const H = 4;
/** Some hundreds are usual. Where every step of every tie searches through all parameters it takes a minute. */
const CHAIN_MILLISECONDS = 5000;

test("a table of paths is taken as it was given, whatever becomes of it", () => {
  const paths: Record<string, string> = { bias_hh_l0: "bias_ih_l0" };
  const layer = tied(lstm(H), paths);
  paths.weight_hh_l0 = "weight_ih_l0";
  delete paths.bias_hh_l0;
  const model = new Model(layer, { inputSize: H });
  expect(layer.tied).toEqual({ bias_hh_l0: "bias_ih_l0" });
  expect(model.parameters.map(({ name }) => name)).toEqual(["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]);
});

describe("refused", () => {
  const made = (layer: Layer) => () => new Model(layer, { inputSize: H });

  test("paths that lead nowhere, back to themselves, or to another shape", () => {
    expect(made(sequential(lstm(H), tied(dense(2), { weight: "lstm.weight" })))).toThrow(
      'tied: "1.weight" is to be "lstm.weight", which the network does not have. It has 0.weight_ih_l0,',
    );
    expect(made(sequential(tied(dense(H, { name: "a" }), "b"), tied(dense(H, { name: "b" }), "a")))).toThrow(
      'tied: "a.weight" is to be itself',
    );
    expect(made(tied(dense(H), { weight: "weight" }))).toThrow('tied: "weight" is to be itself');
    expect(made(sequential(dense(H, { name: "a" }), tied(dense(2), "a")))).toThrow(
      'tied: "1.weight" has shape [2, 4], but "a.weight", which it is to be, has [4, 4].',
    );
    expect(made(tied(dense(2), { wieght: "bias" }))).toThrow(
      'tied: the layer has no parameter "wieght". It has weight, bias.',
    );
    expect(made(sequential(gru(H, { name: "a" }), bidirectional(tied(gru(H), "a"))))).toThrow(
      'tied: "1.weight_ih_l0_reverse" is to be "a.weight_ih_l0_reverse", which the network does not have.',
    );
  });

  test("a ring of many ties, as soon as a chain of them is followed", () => {
    const links = Array.from({ length: 1000 }, (_, at) => tied(dense(1, { name: `a${at}` }), `a${at + 1}`));
    const chain = (last: Layer) => sequential(...links, last);
    const start = performance.now();
    const model = new Model(chain(dense(1, { name: "a1000" })), { inputSize: 1 });
    expect(model.parameters.map(({ name }) => name)).toEqual(["a1000.weight", "a1000.bias"]);
    const ring = chain(tied(dense(1, { name: "a1000" }), "a0"));
    expect(() => new Model(ring, { inputSize: 1 })).toThrow('tied: "a0.weight" is to be itself');
    expect(performance.now() - start).toBeLessThan(CHAIN_MILLISECONDS);
  });

  test("what is no path, and a second tie", () => {
    const wanted = 'tied wants the path of a layer such as "rnn"';
    for (const bad of ["", "a..b", 3, null, {}, ["a"], { weight: 3 }, { weight: "" }])
      expect(() => tied(dense(2), bad as never)).toThrow(wanted);
    expect(() => tied(tied(dense(2), "a"), "b")).toThrow('dense(2), tied to a already, received a second path, "b".');
    const ring: Record<string, unknown> = {};
    ring.weight = ring;
    expect(() => tied(tied(dense(2), "a"), ring as never)).toThrow("received a second path, an object with weight.");
    expect(() => tied("lstm" as never, "a")).toThrow("a layer specification is wanted");
  });

  test("a file whose ties are none", () => {
    const bytes = new Model(sequential(dense(H, { name: "a" }), tied(lastStep(), "a")), { inputSize: H }).save();
    const { tensors, metadata } = readSafetensors(bytes);
    for (const [from, to] of [
      ['"tied":"a"', '"tied":3'],
      ['"name":"a"', '"name":"a","tied":"zz"'],
      ['"name":"a"', '"name":"a","tied":"a"'],
    ] as const) {
      const recurve = metadata.recurve?.replace(from, to) as string;
      expect(recurve).not.toBe(metadata.recurve);
      expect(() => loadModel(writeSafetensors(tensors, { recurve }))).toThrow(
        expect.objectContaining({ name: "FormatError", message: expect.stringContaining("tied") }),
      );
    }
  });
});
