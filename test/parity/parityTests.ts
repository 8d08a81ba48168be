import { describe, expect, test } from "vitest";
import { failures } from "../support/compare.js";
import { caseEntries, ReferenceCase } from "../support/fixtures.js";
import * as subject from "../support/subject.js";
import { attempts } from "./attempts.js";
import { libraryEngine } from "./engine.js";
import { ruleFor } from "./unsupported.js";

/** One test for each case of a kind that no rule sets aside. */
export function parityTests(kind: string): void {
  const entries = caseEntries.filter((entry) => entry.kind === kind && ruleFor(entry) === undefined);
  const attempt = attempts[kind];
  const engine = libraryEngine(subject);
  describe(`parity: ${kind}`, () => {
    test.each(entries)("$id", async (entry) => {
      const comparisons = await attempt(new ReferenceCase(entry), engine);
      expect(comparisons.length).toBeGreaterThan(0);
      expect(failures(comparisons)).toEqual([]);
    });
    // A folder of reference data may have no case of this kind; then this is the file's only test.
    if (entries.length === 0) test("there is no case of this kind to pass", () => expect(entries).toEqual([]));
  });
}
