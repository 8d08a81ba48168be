import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { LearningTask } from "../../../examples/learning/task.js";
import { isReached, verdict } from "../../../examples/learning/verdict.js";
import { dataFolder } from "../tasks/dataFile.js";
import { processorSeconds } from "./report.js";

/* The brief form of every task of `npm run learn` that has one. */

const root = join(import.meta.dirname, "..", "..", "..");
const folder = join(root, "examples", "learning", "tasks");

const learn = (...options: string[]) =>
  spawnSync(process.execPath, [join(root, "scripts", "learn.mjs"), ...options], { encoding: "utf8" });

it("the command lists every task with what it is held to", () => {
  const { status, stdout } = learn("--list");
  expect(status).toBe(0);
  const names = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[0]);
  expect(names).toEqual(
    readdirSync(folder)
      .sort()
      .map((file) => file.replace(/\.ts$/, "")),
  );
  for (const line of stdout.trim().split("\n")) expect(line).toMatch(/, at (most|least) -?\d/);
});

it.each([[], ["nothing"], ["tags", "--seed", "x"], ["tags", "--long"]])(
  "the command refuses a call that names no task or no option of it (%#)",
  (...options) => {
    const { status, stderr } = learn(...options);
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: npm run learn");
  },
);

for (const file of readdirSync(folder).sort()) {
  const { task } = (await import(join(folder, file))) as { task: LearningTask };
  const { title, seed, brief } = task;
  if (brief === undefined) continue;
  it(`${title}, in brief`, async () => {
    const kept = mkdtempSync(join(tmpdir(), "recurve-"));
    const started = process.cpuUsage();
    try {
      const { network, figure } = await task.run({
        seed,
        isBrief: true,
        read: (name) => readFileSync(join(dataFolder("."), name)),
        progress: () => {},
        keep(name, contents) {
          writeFileSync(join(kept, name), contents);
          return join(kept, name);
        },
      });
      console.log(
        `${title}, in brief: ${network}, seed ${seed}, ${verdict(brief, figure)}, ${processorSeconds(started)} s`,
      );
      expect(isReached(brief, figure), verdict(brief, figure)).toBe(true);
    } finally {
      rmSync(kept, { recursive: true });
    }
  });
}
