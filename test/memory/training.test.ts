import { test } from "vitest";
import { expectSteady } from "./expectSteady.js";

test("updates leave nothing for each step that is fed with the answer before it, nor for each sequence", () => {
  expectSteady("steadyTraining.mjs", ["none", "dot", "additive", "ragged", "windows"]);
});
