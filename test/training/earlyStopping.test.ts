import { expect, test } from "vitest";
import { interiorOf } from "../../src/models/interior.js";
import { EarlyStopping } from "../../src/training/earlyStopping.js";
import { make, weights } from "./samples.js";

/** Validation losses, one an epoch; what each epoch says of the end, and which epoch's weights are kept. */
function watch(losses: readonly number[], patience: number | undefined, leastImprovement: number) {
  const model = make();
  const stopping = new EarlyStopping(interiorOf(model).parameters, patience, leastImprovement);
  const answers = losses.map((loss, epoch) => {
    for (const { shape, write } of model.parameters)
      write(new Float32Array(shape.reduce((count, size) => count * size, 1)).fill(epoch));
    return stopping.isOver(loss);
  });
  stopping.restore();
  return { over: answers.indexOf(true), kept: weights(model)[0]?.[0] };
}

test("patience ends after so many epochs without a better loss; the best weights are kept", () => {
  expect(watch([3, 2, 2, 2.5, 1], 2, 0)).toEqual({ over: 3, kept: 4 });
  expect(watch([3, 2, 2.1, 1.9, 2, 2, 2], 3, 0)).toEqual({ over: 6, kept: 3 });
  expect(watch([3, 4], 5, 0)).toEqual({ over: -1, kept: 0 });
});

test("an improvement that is too small does not count for patience, but its weights are the best", () => {
  expect(watch([1, 0.9, 0.95, 0.88, 0.87], 3, 0.2)).toEqual({ over: 3, kept: 4 });
  expect(watch([1, 0.9, 0.79, 0.95, 0.8], 3, 0.2)).toEqual({ over: -1, kept: 2 });
});

test("a loss that is no number is never better", () => {
  expect(watch([Number.NaN, Number.POSITIVE_INFINITY, Number.NaN], 3, 0)).toEqual({ over: 2, kept: 2 });
  expect(watch([Number.NaN, 5, Number.NaN], 2, 0)).toEqual({ over: -1, kept: 1 });
});

test("without patience nothing is kept", () => {
  expect(watch([3, 2, 4], undefined, 0)).toEqual({ over: -1, kept: 2 });
});
