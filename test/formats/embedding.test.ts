import { describe, expect, test } from "vitest";
import {
  dense,
  embedding,
  exportWeights,
  FormatError,
  importWeights,
  lstm,
  Model,
  sequential,
  Tensor,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const make = () =>
  new Model(
    sequential(embedding(7, 3, { name: "embedding" }), lstm(4, { name: "lstm" }), dense(2, { name: "dense" })),
    { seed: 9 },
  );

describe("an embedding", () => {
  test.each([
    ["pytorch", "embedding.weight"],
    ["keras", "embedding/embeddings"],
  ] as const)("goes to %s and comes back, unturned", (system, name) => {
    using model = make();
    using twin = new Model(model.specification, { seed: 10 });
    const table = model.parameters[0]?.read() as Tensor;
    const written = exportWeights(model, { to: system });
    expect(written.get(name)).toEqual(table);
    importWeights(twin, written, { from: system });
    expect(twin.parameters[0]?.read()).toEqual(table);
    expect(twin.predict([3, 1, 4]).data).toEqual(model.predict([3, 1, 4]).data);
  });

  test("is found in a Keras file by its kind", () => {
    using model = make();
    const table = new Tensor(
      Float32Array.from({ length: 21 }, (_, at) => at),
      [7, 3],
    );
    const weights = new Map(exportWeights(model, { to: "keras" }));
    weights.delete("embedding/embeddings");
    weights.set("token_table/embeddings:0", table);
    importWeights(model, weights, { from: "keras" });
    expect(model.parameters[0]?.read()).toEqual(table);
  });

  test("of another vocabulary is refused by name", () => {
    using model = make();
    const weights = new Map(exportWeights(model, { to: "pytorch" }));
    weights.set("embedding.weight", new Tensor(new Float32Array(24), [8, 3]));
    expectRefusal(
      () => importWeights(model, weights, { from: "pytorch" }),
      FormatError,
      '"embedding.weight" has shape [8, 3]',
      "embedding(7, 3)",
      "[7, 3]",
    );
  });
});
