import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { expect } from "vitest";

/** What the engine itself may add meanwhile: feedback, code. The smallest object is 12 bytes: one in twelve of a million steps would be seen. */
const HEAP_NOISE = 1_000_000;

/**
 * Runs a program of this folder that measures what many calls leave behind, and expects that they leave nothing.
 * @param cases what it measures
 */
export function expectSteady(program: string, cases: readonly string[]): void {
  const root = join(import.meta.dirname, "..", "..");
  const folder = mkdtempSync(join(tmpdir(), "recurve-"));
  try {
    const bundle = join(folder, "recurve.mjs");
    buildSync({ entryPoints: [join(root, "src", "index.ts")], bundle: true, format: "esm", outfile: bundle });
    const path = join(import.meta.dirname, program);
    const printed = execFileSync(process.execPath, ["--expose-gc", path, bundle], { encoding: "utf8" });
    const found: Record<string, { heap: number; collections: number; core: number[] }> = JSON.parse(printed);
    expect(Object.keys(found)).toEqual(cases);
    for (const [name, { heap, collections, core }] of Object.entries(found)) {
      expect(heap, name).toBeLessThan(HEAP_NOISE);
      expect(collections, name).toBe(0);
      expect(core, name).toEqual([0, 0]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
