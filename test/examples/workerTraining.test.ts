import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = new URL("../../examples/worker/", import.meta.url);

test("the worker example refuses a series too short to calibrate on, and leaves its model as it is", async () => {
  const model = readFileSync(new URL("model.safetensors", folder));
  const directory = mkdtempSync(join(tmpdir(), "readings-"));
  const series = join(directory, "short.csv");
  writeFileSync(series, Array.from({ length: 148 }, (_, i) => `day ${i},${20 + (i % 5)}\n`).join(""));
  const given = process.argv[2];
  process.argv[2] = series;
  try {
    const training = import(new URL("train.mjs", folder).href);
    await expect(training).rejects.toThrow("148 readings leave 29 to calibrate on, but 30 are needed");
  } finally {
    process.argv[2] = given;
    rmSync(directory, { recursive: true });
  }
  expect(readFileSync(new URL("model.safetensors", folder)).equals(model)).toBe(true);
});
