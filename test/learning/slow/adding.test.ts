import {
  adam,
  dense,
  evaluate,
  fit,
  gradientFlow,
  lastStep,
  Model,
  meanSquaredError,
  recurrent,
  sequential,
} from "recurve";
import { describe, expect, it } from "vitest";
import { cells } from "../../../src/cells/index.js";
import { adding } from "../tasks/adding.js";
import { learns } from "./report.js";

const STEPS = 100;
const SEED = 2;
const [train, test] = [adding(5000, STEPS, 1), adding(1000, STEPS, 2)];

/** The same budget for all: 32 units, 10 epochs, Adam. */
async function trained(cell: "lstm" | "gru" | "elman"): Promise<Model> {
  const model = new Model(sequential(recurrent(cells[cell], 32), lastStep(), dense(1)), { seed: SEED });
  await fit(model, train, {
    loss: meanSquaredError,
    optimizer: adam({ learningRate: 5e-3 }),
    epochs: 10,
    batchSize: 32,
    shuffle: true,
    seed: SEED,
  });
  return model;
}

const errorOf = (model: Model): number => evaluate(model, test, { loss: meanSquaredError }).loss;

describe("adding problem over 100 steps", () => {
  for (const cell of ["lstm", "gru"] as const) {
    it(`is learned by ${cell}`, () =>
      learns(async () => {
        using model = await trained(cell);
        return {
          task: "adding",
          network: `${cell}(32)`,
          seed: SEED,
          figure: errorOf(model),
          kind: "error",
          bound: 0.01,
        };
      }));
  }

  it("is not learned by a tanh Elman network, whose gradient does not reach back", async () => {
    using elman = await trained("elman");
    using lstm = await trained("lstm");
    const error = errorOf(elman);
    const [short, long] = [elman, lstm].map((model) => gradientFlow(model, test, meanSquaredError));
    const shares = [short, long].map((flow) => (flow?.byLag[STEPS / 2] as number) / (flow?.byLag[0] as number));
    console.log(`adding: elman(32), seed ${SEED}, error ${error.toPrecision(3)} (saying 1: ${(1 / 6).toFixed(3)})`);
    console.log(
      `gradient at lag ${STEPS / 2} over lag 0: elman ${shares[0]?.toExponential(1)}, lstm ${shares[1]?.toExponential(1)}`,
    );
    expect(error).toBeGreaterThan(0.1);
    expect(shares[0] as number).toBeLessThan((shares[1] as number) / 10);
  });
});
