import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { failures } from "../support/compare.js";
import { type CaseEntry, caseEntries, ReferenceCase } from "../support/fixtures.js";
import * as subject from "../support/subject.js";
import { attempts } from "./attempts.js";
import { libraryEngine } from "./engine.js";
import { ruleFor, rules } from "./unsupported.js";

const here = dirname(fileURLToPath(import.meta.url));
const engine = libraryEngine(subject);
const setAside = caseEntries.filter((entry) => ruleFor(entry) !== undefined);

/** Whether the library computes the case within its tolerance; an attempt that throws does not. */
async function passes(entry: CaseEntry): Promise<boolean> {
  const reference = new ReferenceCase(entry);
  try {
    const comparisons = await attempts[entry.kind](reference, engine);
    return comparisons.length > 0 && failures(comparisons).length === 0;
  } catch {
    return false;
  }
}

describe("claims on the reference data", () => {
  test("every case is either tested or set aside by a rule with its reason", () => {
    const unclaimed = caseEntries.filter((entry) => !(entry.kind in attempts) && ruleFor(entry) === undefined);
    expect(
      unclaimed.map(({ id }) => id),
      "add an attempt for their kind, or a rule to unsupported.ts",
    ).toEqual([]);
  });

  test("every kind with an attempt has a test file of its name", () => {
    const missing = Object.keys(attempts).filter((kind) => !existsSync(join(here, `${kind}.test.ts`)));
    expect(missing).toEqual([]);
  });

  test("no case is listed twice", () => {
    expect(new Set(caseEntries.map(({ id }) => id)).size).toBe(caseEntries.length);
  });
});

describe("cases set aside do not pass", () => {
  const attempted = setAside.filter(({ kind }) => kind in attempts);

  test.each(attempted)("$id", async (entry) => {
    const reason = ruleFor(entry)?.reason;
    expect(await passes(entry), `this case passes: take it out of the rule "${reason}"`).toBe(false);
  });

  if (attempted.length === 0)
    test("none is set aside in the kinds that are attempted", () => expect(attempted).toEqual([]));
});

afterAll(() => {
  const lines = rules.map((rule) => {
    const count = setAside.filter((entry) => ruleFor(entry) === rule).length;
    return `${String(count).padStart(5)}  ${rule.reason}`;
  });
  const tested = caseEntries.length - setAside.length;
  const summary = `reference data: ${tested} of ${caseEntries.length} cases tested, ${setAside.length} set aside:`;
  console.log([summary, ...lines].join("\n"));
});
