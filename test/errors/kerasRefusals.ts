import { expect } from "vitest";
import { type FormatError, loadKeras, memoryUsage } from "../../src/index.js";
import {
  bytesOf,
  denseWeights,
  layer,
  lstmOptions,
  modelJson,
  recurrentWeights,
  sequentialOf,
} from "../models/kerasFiles.js";
import { expectRefusal } from "../support/refusal.js";

/** A model of an LSTM and a dense layer, to be spoilt. */
export const weights = [...recurrentWeights("lstm", 2, 3, 4), ...denseWeights("out", 3, 2)];
export const model = sequentialOf(layer("LSTM", "lstm", lstmOptions), layer("Dense", "out", { units: 2 }));
export const json = modelJson(model, weights);
export const bytes = bytesOf(weights);

/** Expects loadKeras to refuse that, and to keep no memory. */
export function expectRefused(topology: unknown, files: unknown, kind: typeof FormatError, ...texts: string[]): void {
  const { used } = memoryUsage();
  expectRefusal(() => loadKeras(topology as object, files as Uint8Array), kind, ...texts);
  expect(memoryUsage().used).toBe(used);
}
