import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { activations } from "../../src/activations.js";
import { cells } from "../../src/cells/index.js";
import { layers } from "../../src/layers/index.js";
import { losses } from "../../src/losses/index.js";
import { optimizers } from "../../src/optimizers/index.js";
import { schedules } from "../../src/schedules/index.js";
import { oracleActivations } from "./activations.js";
import { oracleCells } from "./cells/index.js";
import { cellOptions } from "./cellVariants.js";
import { oracleLosses } from "./losses.js";
import { oracleOptimizers } from "./optimizerRules.js";
import { oracleSchedules } from "./schedules.js";

/** What the library registers, what the oracle has, and where the missing one is to be written. */
const tables = [
  { what: "cell", registered: cells, known: oracleCells, place: "test/oracle/cells/NAME.ts, listed in index.ts there" },
  { what: "activation", registered: activations, known: oracleActivations, place: "test/oracle/activations.ts" },
  { what: "loss", registered: losses, known: oracleLosses, place: "test/oracle/losses.ts" },
  { what: "optimizer", registered: optimizers, known: oracleOptimizers, place: "test/oracle/optimizerRules.ts" },
  { what: "schedule", registered: schedules, known: oracleSchedules, place: "test/oracle/schedules.ts" },
];

test.each(tables)("every registered $what has a float64 oracle", ({ registered, known, place }) => {
  const missing = Object.keys(registered).filter((name) => !(name in known));
  expect(missing, `write the equations of each in ${place}`).toEqual([]);
});

test("every registered layer is held against differences", () => {
  const folder = join(import.meta.dirname, "..", "gradients");
  const text = readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
  // Recurrent layers are those of the cells, which are tried one by one.
  const missing = Object.keys(layers).filter((name) => name !== "recurrent" && !new RegExp(`\\b${name}\\(`).test(text));
  expect(missing, "add a network with each to a test in test/gradients").toEqual([]);
});

test.each(Object.entries(cells))("every option of %s is tried", (name, { options }) => {
  const tried = new Set((cellOptions[name] ?? []).flatMap((set) => Object.keys(set)));
  const missing = options.filter((option) => !tried.has(option));
  expect(missing, "add an option set to test/oracle/cellVariants.ts with each").toEqual([]);
});
