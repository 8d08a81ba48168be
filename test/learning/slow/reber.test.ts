import { adam, crossEntropy, dense, fit, lstm, Model, sequential } from "recurve";
import { it } from "vitest";
import { REBER_SYMBOLS, reber } from "../tasks/reber.js";
import { learns } from "./report.js";

const SEED = 1;
const CLASSES = REBER_SYMBOLS.length;

/** The symbols held most likely after a step, as many as are legal there. */
function likely(data: Float32Array, from: number, count: number): string[] {
  return [...REBER_SYMBOLS]
    .map((symbol, index) => ({ symbol, value: data[from + index] as number }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count)
    .map(({ symbol }) => symbol);
}

it("embedded Reber grammar: every legal symbol before every illegal one, all along the string", () =>
  learns(async () => {
    const [train, test] = [reber(1000, 1), reber(500, 2)];
    using model = new Model(sequential(lstm(24), dense(CLASSES)), { seed: SEED });
    await fit(
      model,
      { input: train.input, target: train.target },
      {
        loss: crossEntropy,
        optimizer: adam({ learningRate: 5e-3 }),
        epochs: 15,
        batchSize: 16,
        shuffle: true,
        seed: SEED,
      },
    );
    const { data, shape } = model.predictBatch(test.input);
    const steps = shape[1] as number;
    const right = test.strings.filter(({ legal }, example) =>
      legal.every((symbols, step) =>
        // Nothing has told yet whether T or P comes second.
        likely(data, (example * steps + step) * CLASSES, symbols.length).every((symbol) => symbols.includes(symbol)),
      ),
    );
    const figure = right.length / test.strings.length;
    return { task: "embedded Reber grammar", network: "lstm(24)", seed: SEED, figure, kind: "accuracy", bound: 0.99 };
  }));
