import { describe, expect, test } from "vitest";
import { attempts } from "../parity/attempts.js";
import { ruleFor } from "../parity/unsupported.js";
import { failures } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import { oracleEngine } from "./oracleEngine.js";

/** Files of models and initial values: the library reads or makes them, no other engine has a part in it. */
const ofTheLibraryAlone = ["keras_initial", "keras_models", "torch_onnx"];

/** The oracle answers the cases that the library is tested on: this proves the oracle and the harness at once. */
describe("oracle: equals the float64 reference", () => {
  const entries = caseEntries.filter(
    (entry) => entry.kind in attempts && !ofTheLibraryAlone.includes(entry.kind) && ruleFor(entry) === undefined,
  );

  test.each(entries)("$id", async (entry) => {
    const comparisons = await attempts[entry.kind](new ReferenceCase(entry), oracleEngine);
    expect(comparisons.length).toBeGreaterThan(0);
    expect(failures(comparisons)).toEqual([]);
  });
});
