import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  FormatError,
  gru,
  lastStep,
  loadModel,
  lstm,
  Model,
  readSafetensors,
  ShapeError,
  sequential,
  Tensor,
  tensor,
  verify,
  writeSafetensors,
} from "../../src/index.js";

const build = (seed = 1) => new Model(sequential(gru(4), dense(2)), { inputSize: 3, seed });
const input = new Tensor(
  Float32Array.from({ length: 30 }, (_, index) => ((7 * index) % 11) / 10 - 0.5),
  [2, 5, 3],
);
/** Sequences of unequal length. */
const ragged = [new Tensor(input.data.slice(0, 6), [2, 3]), new Tensor(input.data.slice(6, 18), [4, 3])];

/** A file with the same header, one of its values changed. */
function changed(file: Uint8Array, name: string, amount: number): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  (tensors.get(name) as Tensor).data[0] += amount;
  return writeSafetensors(tensors, metadata);
}

describe("verify", () => {
  test("finds no difference to the model's own output", () => {
    using model = build();
    const { outputs, absolute, relative } = verify(model, { input, output: model.predictBatch(input) });
    expect(outputs).toEqual([{ name: "output", absolute: 0, relative: 0, at: [0, 0, 0] }]);
    expect([absolute, relative]).toEqual([0, 0]);
  });

  test("gives the largest difference of each output, its part of the largest record, and its place", () => {
    using model = build();
    const output = model.predictBatch(input);
    const other = new Tensor(output.data.slice(), output.shape);
    other.data[13] += 0.25;
    other.data[2] -= 0.125;
    const lengths = [2, 4];
    const found = verify(model, {
      same: { input, lengths, output: model.predictBatch(input, { lengths }) },
      other: { input, output: other },
      ragged: { input: ragged, output: model.predictBatch(ragged) },
    });
    expect(found.outputs.map(({ name }) => name)).toEqual(["same", "other", "ragged"]);
    const [same, far, alike] = found.outputs;
    expect([same.absolute, alike.absolute]).toEqual([0, 0]);
    // 0.25 is added in float32: it comes back with the rounding of the sum.
    expect(far.absolute).toBeCloseTo(0.25, 6);
    expect(far.relative).toBe(far.absolute / other.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    expect(far.at).toEqual([1, 1, 1]);
    expect([found.absolute, found.relative]).toEqual([far.absolute, far.relative]);
  });

  test("takes a record that is not a number for infinitely far", () => {
    using model = build();
    const output = model.predictBatch(input);
    output.data[7] = Number.NaN;
    expect(verify(model, { input, output })).toMatchObject({ absolute: Infinity, relative: Infinity });
  });

  test("refuses what is no test vector, and an output of another shape", () => {
    using model = build();
    expect(() => verify(model, {})).toThrow(ArgumentError);
    expect(() => verify(model, null as never)).toThrow(/verify wants \{ input, output \}.*received null/);
    expect(() => verify(model, { input, output: tensor([1]) })).toThrow(ShapeError);
    expect(() => verify(model, { input, output: tensor([1]) })).toThrow(
      /"output" records an output \[1\], but the model gives \[2, 5, 2\]/,
    );
    expect(() => verify(model, { a: { input, output: [], lenghts: [1] } } as never)).toThrow(
      /knows no option "lenghts"/,
    );
    expect(() => verify(model, { a: { output: [] } } as never)).toThrow(/"a" has no input/);
  });
});

describe("a saved model proves itself when it is loaded", () => {
  test("with its own outputs, of plain, padded and ragged inputs", () => {
    using model = build();
    const file = model.save({
      vectors: { plain: { input }, padded: { input, lengths: [5, 1] }, ragged: { input: ragged } },
    });
    using twin = loadModel(file, { verify: true });
    expect(twin.predictBatch(input)).toEqual(model.predictBatch(input));
    using exact = loadModel(file, { verify: 0 });
    expect(exact.parameters).toHaveLength(model.parameters.length);
  });

  test("with outputs that were recorded elsewhere", () => {
    using model = new Model(sequential(lstm(3), lastStep(), dense(1)), { inputSize: 3 });
    const output = model.predictBatch(input);
    const near = new Tensor(
      output.data.map((value) => value * 1.000002),
      output.shape,
    );
    using twin = loadModel(model.save({ vectors: { input, output: near } }), { verify: true });
    expect(verify(twin, { input, output: near }).relative).toBeGreaterThan(0);
    expect(() => loadModel(model.save({ vectors: { input, output: near } }), { verify: 1e-7 })).toThrow(/off by/);
  });

  test("and refuses other weights, naming the vector and by how much; without verify it does not look", () => {
    using model = build();
    const file = changed(model.save({ vectors: { first: { input }, second: { input: ragged } } }), "1.bias", 0.5);
    expect(() => loadModel(file, { verify: true })).toThrow(FormatError);
    expect(() => loadModel(file, { verify: true })).toThrow(
      /"first" is off by 0\.500 at \[\d, \d, 0\].*\n.*"second" is off by 0\.500/,
    );
    using other = loadModel(file);
    expect(other.predictBatch(input)).not.toEqual(model.predictBatch(input));
  });

  test("and refuses records that were changed, are missing, or do not fit", () => {
    using model = build();
    const file = model.save({ vectors: { input } });
    expect(() => loadModel(changed(file, "vectors/output/output", 1), { verify: true })).toThrow(
      /"output" is off by 1\.00/,
    );
    const { tensors, metadata } = readSafetensors(file);
    tensors.delete("vectors/output/input");
    expect(() => loadModel(writeSafetensors(tensors, metadata), { verify: true })).toThrow(
      /test vector "output" has no input/,
    );
    tensors.set("vectors/output/input", tensor([[[1, 2]]]));
    expect(() => loadModel(writeSafetensors(tensors, metadata), { verify: true })).toThrow(
      /test vectors do not fit it/,
    );
    expect(() => loadModel(model.save(), { verify: true })).toThrow(/carries no test vectors/);
    expect(() => loadModel(model.save(), { verify: -1 })).toThrow(ArgumentError);
  });

  test("saving without vectors changes no byte, and a vector that does not fit is refused", () => {
    using model = build();
    expect(model.save({})).toEqual(model.save());
    expect(() => model.save({ vectors: { input: tensor([[[1]]]) } })).toThrow(ShapeError);
    expect(() => model.save({ vector: { input } } as never)).toThrow(/knows no option "vector"/);
  });
});
