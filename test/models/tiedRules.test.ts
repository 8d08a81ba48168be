import { describe, expect, test } from "vitest";
import {
  adam,
  clipGradients,
  columns,
  concatenate,
  crossEntropy,
  dense,
  embedding,
  fit,
  gradientCheck,
  gru,
  lstm,
  Model,
  meanSquaredError,
  sequential,
  setRates,
  sgd,
  Tensor,
  Trainer,
  tied,
} from "../../src/index.js";
import { H, valuesOf, writer } from "./tiedNetworks.js";

const tokens = [
  [1, 2, 3, 0, 4],
  [5, 0, 0, 1],
];
describe("what is tied", () => {
  test("is frozen, and rated, at any of its paths", async () => {
    const model = new Model(writer());
    model.freeze("head");
    expect(model.parameters.filter(({ isFrozen }) => isFrozen).map(({ name }) => name)).toEqual([
      "words.weight",
      "head.bias",
    ]);
    const before = valuesOf(model);
    await fit(model, { input: tokens, target: tokens }, { loss: crossEntropy, epochs: 2 });
    expect(valuesOf(model).get("words.weight")).toEqual(before.get("words.weight"));
    expect(valuesOf(model).get("rnn.weight_hh_l0")).not.toEqual(before.get("rnn.weight_hh_l0"));
    model.unfreeze("words");
    expect(model.parameters.find(({ name }) => name === "words.weight")?.isFrozen).toBe(false);
    setRates(model, "head.weight", { rate: 0.5 });
    expect(model.parameters.find(({ name }) => name === "words.weight")?.rate).toBe(0.5);
  });

  test("is moved once an update, by the sum of its gradients", async () => {
    const [one, two] = [0, 1].map(() => new Model(tied(lstm(H), { bias_hh_l0: "bias_ih_l0" }), { inputSize: 2 }));
    const data = {
      input: [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      target: [
        [
          [0, 1, 0, 1],
          [1, 0, 1, 0],
        ],
      ],
    };
    await fit(one as Model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.5 }), epochs: 1 });
    const bias = (two as Model).parameters.find(({ name }) => name === "bias_ih_l0");
    const untied = new Model(lstm(H), { inputSize: 2 });
    for (const { name, read } of (two as Model).parameters)
      untied.parameters.find((parameter) => parameter.name === name)?.write(read());
    untied.parameters.find(({ name }) => name === "bias_hh_l0")?.write(bias?.read() as Tensor);
    const gradient = gradientsOf(untied, data);
    const moved = valuesOf(one as Model).get("bias_ih_l0");
    bias?.read().data.forEach((value, index) => {
      // Each bias alone would move by half of this.
      expect(moved?.[index]).toBeCloseTo(value - 0.5 * 2 * (gradient[index] as number), 6);
    });
  });

  test("is told by the summary: a layer, or single parameters", () => {
    const layers = sequential(dense(H, { name: "a" }), tied(dense(H), "a"), tied(dense(H), { bias: "a.bias" }));
    const lines = new Model(layers, { inputSize: H }).summary().split("\n");
    expect(lines.find((line) => line.startsWith("1"))).toMatch(/dense\(4\), tied to a .* 0$/);
    expect(lines.find((line) => line.startsWith("2"))).toMatch(/dense\(4\), tied: bias = a\.bias .* 16$/);
  });

  test("a table leaves its padding row to the other layers, and the gradient check knows", () => {
    const model = new Model(writer());
    expect(gradientCheck(model, { input: tokens, target: tokens }, crossEntropy).passed).toBe(true);
  });

  test("a table with the padding rows of two embeddings, and the gradient check knows both", () => {
    const side = (column: number, paddingIndex: number) =>
      sequential(columns(column, column + 1), embedding(6, H, { paddingIndex }));
    const model = new Model(sequential(concatenate(side(0, 0), tied(side(1, 1), "0.0")), gru(3), dense(1)));
    const input = [[0, 1, 2, 0, 3].map((token, step) => [token, [0, 1, 3, 1, 5][step] as number])];
    const { passed, parameters } = gradientCheck(
      model,
      { input, target: [[[1], [0], [1], [1], [0]]] },
      meanSquaredError,
      {
        samples: 6 * H,
      },
    );
    expect(passed).toBe(true);
    expect(parameters[0]).toMatchObject({ name: "0.0.1.weight", checked: 4 * H });
  });

  test("reads parts of an input with one set of weights", () => {
    const side = (from: number, name: string) => sequential(columns(from, from + 2), gru(H, { name }));
    const pair = concatenate(side(0, "left"), tied(side(2, "right"), "0"));
    expect(() => new Model(pair, { inputSize: 4 })).toThrow(
      'tied: "1.right.weight_ih_l0" is to be "0.right.weight_ih_l0", which the network does not have.',
    );
    const twins = new Model(concatenate(side(0, "rnn"), tied(side(2, "rnn"), "0")), { inputSize: 4 });
    const { data } = twins.predict([[1, 2, 1, 2]]);
    expect(data.slice(0, H)).toEqual(data.slice(H));
  });

  test("goes step by step with the bits of the whole, and trains on from a cut", () => {
    const layer = () => sequential(lstm(3, { name: "a" }), tied(lstm(3, { recurrentDropout: 0.2 }), "a"), dense(1));
    const data = {
      input: new Tensor(
        Float32Array.from({ length: 60 }, (_, index) => Math.sin(index)),
        [4, 5, 3],
      ),
      target: new Tensor(
        Float32Array.from({ length: 20 }, (_, index) => Math.cos(index)),
        [4, 5, 1],
      ),
    };
    const options = { loss: meanSquaredError, optimizer: adam({ learningRate: 0.1 }), batchSize: 2, seed: 2 };
    const whole = new Trainer(new Model(layer()), data, options);
    whole.run({ batches: 6 });
    const cut = new Trainer(new Model(layer()), data, options);
    cut.run({ batches: 3 });
    const resumed = Trainer.resume(cut.save(), data);
    resumed.run({ batches: 3 });
    expect(valuesOf(resumed.model)).toEqual(valuesOf(whole.model));
    const [model, session] = [whole.model, whole.model.session()];
    const steps = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    expect(steps.map((step) => session.step(step)[0])).toEqual(Array.from(model.predict(steps).data));
  });
});

/** The gradient of bias_ih_l0, as one step of gradient descent tells it. */
function gradientsOf(model: Model, data: { input: number[][][]; target: number[][][] }): Float32Array {
  clipGradients(model, { value: 1 });
  const trainer = new Trainer(model, data, { loss: meanSquaredError, optimizer: sgd({ learningRate: 1 }) });
  const before = valuesOf(model).get("bias_ih_l0");
  trainer.run({ batches: 1 });
  const after = valuesOf(model).get("bias_ih_l0");
  return Float32Array.from(before ?? [], (value, index) => value - (after?.[index] as number));
}
