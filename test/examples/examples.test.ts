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
  dates() {
    const [right = 0, of = 200] = numbersOf("are right in every letter");
    expect(right).toBeGreaterThan(0.95 * of);
    // A letter of the input for each of the answer.
    expect(lines.at(-1)?.match(/.←./g)).toHaveLength(10);
  },
  forecast() {
    const months = numbersOf("the next twelve months");
    expect(months).toHaveLength(12);
    // The season goes on: the largest value of the year is that of the seventh month.
    expect(months.indexOf(Math.max(...months))).toBe(6);
    expect(lines.at(-1)).toMatch(/^from a file of \d+ bytes the same: true$/);
  },
  intervals() {
    const held = lines.filter((line) => line.includes("ahead they hold")).map((line) => Number(line.split(" ")[5]));
    expect(held).toHaveLength(7);
    for (const share of held) expect(share > 87 && share < 93).toBe(true);
    const ends = lines.filter((line) => line.startsWith("day ")).map((line) => line.match(/-?\d+\.\d/g)?.map(Number));
    expect(ends).toHaveLength(7);
    for (const [forecast = 0, from = 0, to = 0] of ends.map((found) => found ?? []))
      expect(from < forecast && forecast < to).toBe(true);
  },
  lookInside() {
    const lags = lines.filter((line) => line.includes("lag 39:")).map((line) => Number(line.split(": ")[1]));
    expect(lags).toHaveLength(2);
    for (const norm of lags) expect(norm).toBeGreaterThan(0);
    expect(lines.filter((line) => /^(elman|lstm): The gradient at lag 39 is .* of lag 0: /.test(line))).toHaveLength(2);
  },
  names() {
    const [percent = 0, of] = numbersOf("are told right");
    expect(of).toBeGreaterThan(400);
    // The commonest language has less than a fifth.
    expect(percent).toBeGreaterThan(72);
    expect(lines).toContain("Takahashi    Japanese");
  },
  pytorchWeights() {
    const [theirs = 0, ours = 1] = numbersOf("PyTorch predicted");
    // Both are written with six digits; the sums of 24 and of 16 terms differ by their order alone.
    expect(Math.abs(theirs - ours)).toBeLessThan(2e-6);
    const [, bytes = 0] = numbersOf("after an update");
    expect(bytes).toBeGreaterThan(4 * (64 * 24 + 128 + 17));
    expect(lines.at(-1)).toContain(
      "rnn.weight_ih_l0 rnn.weight_hh_l0 rnn.bias_ih_l0 rnn.bias_hh_l0 head.weight head.bias",
    );
  },
  resume() {
    expect(lines.filter((line) => line.startsWith("slice ")).length).toBeGreaterThan(2);
    expect(numbersOf("validation loss")[0]).toBeLessThan(0.01);
    expect(lines.at(-1)).toBe("the same bits as without a cut: true");
  },
  slidingWindow() {
    const [before = 0, after = 1] = numbersOf("mean squared error");
    expect(after).toBeLessThan(before / 10);
  },
  stream() {
    expect(lines).toContain("the odd sample came at time 1070");
    expect(lines).toContain("after 88 bytes it goes on the same: true");
    const [error = 1, step] = numbersOf("with a mean error of");
    expect(error).toBeLessThan(0.2);
    expect(step).toBe(78);
    expect(lines).toContain("2000 devices are at step 20");
  },
  streamTraining() {
    const [before = 0, , after = 1] = numbersOf("mean squared error");
    expect(after).toBeLessThan(before / 3);
    const [used, held] = numbersOf("kept in the middle of the stream");
    expect(used).toBe(24_000);
    expect(held).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^the step after the stream: -?\d/);
  },
  strokes() {
    const [ended, of, error = 100] = numbersOf("drawings end at their last stroke");
    expect(ended).toBe(of);
    expect(error).toBeLessThan(10);
    // A picture beside a picture.
    expect(lines.filter((line) => line.includes("█")).length).toBeGreaterThan(10);
  },
  tags() {
    // A table of each word's commonest tag gives 80 %, the commonest tag 14 %.
    expect(numbersOf("have the right tag")[0]).toBeGreaterThan(82);
    expect(lines.at(-1)).toContain("old/ADJ man/NOUN");
  },
  translate() {
    const beams = lines
      .filter((line) => line.startsWith("beam "))
      .map((line) => line.match(/-?\d+(\.\d+)?/g)?.map(Number));
    expect(beams.map((numbers) => numbers?.[0])).toEqual([1, 2, 4, 8]);
    const [greedy = 0, ...wider] = beams.map((numbers) => numbers?.[1] as number);
    // The commonest translation begins with the rarer word: the greedy one misses it.
    for (const score of wider) expect(score).toBeGreaterThan(greedy + 0.005);
    for (const [, , right = 0, of = 300] of beams as number[][]) expect(right).toBeGreaterThan(0.9 * of);
    expect(lines.filter((line) => line.startsWith("→ ")).length).toBeGreaterThan(1);
  },
  trainingLoop() {
    const [right = 0, of = 256] = numbersOf("told right");
    expect(right).toBeGreaterThan(0.9 * of);
  },
};

test("every example has a promise here", () => {
  const files = readdirSync(join(import.meta.dirname, "..", "..", "examples"));
  const examples = files.filter((file) => file.endsWith(".ts")).map((file) => file.replace(/\.ts$/, ""));
  expect(examples.sort()).toEqual(Object.keys(promises).sort());
});

test.each(Object.entries(promises))("the example %s runs, and does what it says", async (name, keep) => {
  await import(`../../examples/${name}.ts`);
  keep();
});
