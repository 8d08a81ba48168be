import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Trainer } from "../../src/index.js";
import { cases, modelOf } from "./resumeCases.js";

const [one] = cases as [(typeof cases)[number]];
const folder = mkdtempSync(join(tmpdir(), "recurve-resume-"));
const path = (name: string) => join(folder, name);

/** The program of the other process: library and case in one file, which reads a trainer's file and writes another. */
const program = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { Trainer } from "./src/index.js";
  import { cases } from "./test/properties/resumeCases.js";
  const trainer = Trainer.resume(readFileSync(process.argv[2]), cases[0].data);
  trainer.run({ batches: Number(process.argv[4]) });
  writeFileSync(process.argv[3], trainer.save());
`;

beforeAll(async () => {
  await build({
    stdin: { contents: program, resolveDir: join(import.meta.dirname, "..", ".."), loader: "ts" },
    outfile: path("program.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a training saved in one process and continued in two others ends as an uncut one", () => {
  const whole = new Trainer(modelOf(one), one.data, one.options);
  whole.run({ batches: 31 });
  const trainer = new Trainer(modelOf(one), one.data, one.options);
  trainer.run({ batches: 10 });
  writeFileSync(path("first"), trainer.save());
  for (const [from, to, batches] of [
    ["first", "second", "13"],
    ["second", "third", "8"],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [path("program.mjs"), path(from), path(to), batches]);
    expect(status, String(stderr)).toBe(0);
  }
  expect(new Uint8Array(readFileSync(path("third")))).toEqual(whole.save());
});
