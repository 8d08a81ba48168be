import { expect } from "vitest";
import { FormatError, loadOnnx, memoryUsage } from "../../src/index.js";
import { gruNode, ints, node, weights } from "../models/onnxGraphs.js";
import { type WrittenGraph, writeOnnx } from "../support/onnxWriter.js";
import { expectRefusal } from "../support/refusal.js";

/** A file is refused by both functions, with all of this in the message, and leaves no memory behind. */
export function expectFormatError(bytes: Uint8Array, ...texts: string[]): void {
  const { used } = memoryUsage();
  expectRefusal(() => loadOnnx(bytes), FormatError, ...texts);
  expect(memoryUsage().used).toBe(used);
}

export const refused = (given: WrittenGraph, ...texts: string[]) => expectFormatError(writeOnnx(given), ...texts);

/** The final state of a plain layer, to be spoilt. */
export const plain = [gruNode("xt W R B"), node("Squeeze", "h zero", "output")];
export const own = { ...weights(3), zero: ints(0) };
