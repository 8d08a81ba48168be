import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const lines: string[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(...line.split("\n")));
});
afterEach(() => vi.restoreAllMocks());

/** The numbers of the one line that holds a text. */
function numbersOf(text: string): number[] {
  const found = lines.filter((line) => line.includes(text));
  expect(found, lines.join("\n")).toHaveLength(1);
  return (found[0]?.match(/-?\d+(\.\d+)?(e[+-]\d+)?/g) ?? []).map(Number);
}

/** What each example promises; its name is its file's. */
const promises: Record<string, () => void> = {
  compose() {
    const [before = 0, after = 1] = numbersOf("cross-entropy before");
    expect(after).toBeLessThan(before / 2);
    expect(lines).toContain("one sequence gives [3,2], many give [200,11,2]");
    expect(lines.some((line) => line.includes("parameters ("))).toBe(true);
  },
  forecast() {
    const months = numbersOf("the next twelve months");
    expect(months).toHaveLength(12);
    // The season goes on: the largest value of the year is that of the seventh month.
    expect(months.indexOf(Math.max(...months))).toBe(6);
    expect(lines.at(-1)).toMatch(/^from a file of \d+ bytes the same: true$/);
  },
  lookInside() {
    const lags = lines.filter((line) => line.includes("lag 39:")).map((line) => Number(line.split(": ")[1]));
    expect(lags).toHaveLength(2);
    for (const norm of lags) expect(norm).toBeGreaterThan(0);
    expect(lines.filter((line) => /^(elman|lstm): The gradient at lag 39 is .* of lag 0: /.test(line))).toHaveLength(2);
  },
  slidingWindow() {
    const [before = 0, after = 1] = numbersOf("mean squared error");
    expect(after).toBeLessThan(before / 10);
  },
  trainingLoop() {
    const [right = 0, of = 256] = numbersOf("told right");
    expect(right).toBeGreaterThan(0.9 * of);
  },
};

test("every example has a promise here", () => {
  const files = readdirSync(join(import.meta.dirname, "..", "..", "examples")).map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual(Object.keys(promises).sort());
});

test.each(Object.entries(promises))("the example %s runs, and does what it says", async (name, keep) => {
  await import(`../../examples/${name}.ts`);
  keep();
});
