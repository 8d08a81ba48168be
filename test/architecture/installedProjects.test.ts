import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let project: string;
let isInstalled: (project: string) => boolean;

beforeEach(async () => {
  ({ isInstalled } = await import(new URL("../runtimes/install.mjs", import.meta.url).href));
  project = mkdtempSync(join(tmpdir(), "project-"));
});
afterEach(() => rmSync(project, { recursive: true }));

/** Writes a lock file that is so many seconds old. */
function lock(path: string, age: number): void {
  writeFileSync(join(project, path), "{}");
  const time = Date.now() / 1000 - age;
  utimesSync(join(project, path), time, time);
}

test("a project is installed once npm has left a copy of its lock file, until that is newer", () => {
  lock("package-lock.json", 60);
  expect(isInstalled(project)).toBe(false);
  mkdirSync(join(project, "node_modules"));
  expect(isInstalled(project)).toBe(false);
  lock("node_modules/.package-lock.json", 30);
  expect(isInstalled(project)).toBe(true);
  lock("package-lock.json", 10);
  expect(isInstalled(project)).toBe(false);
});
