import { test } from "vitest";
import { expectSteady } from "./expectSteady.js";

test("long answers leave little more than themselves, however their tokens are chosen", () => {
  expectSteady("steadyDecoding.mjs", ["greedy", "drawn", "best", "nucleus", "beam", "attention"]);
});
