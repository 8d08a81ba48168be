/**
 * Installs the packed tarball, runs one conformance program from it in every runtime, and prints what each of them got.
 * Fails unless every hash is the same and is the one the program declares.
 *
 * Names of runtimes on the command line (`node test/runtimes/run.mjs "Node 24" Bun`) restrict the run to them.
 */

import { installRuntimes, runtimes } from "./runtimes.mjs";
import { stageProgram } from "./stage.mjs";
import { printTable } from "./table.mjs";

const wanted = process.argv.slice(2);
const chosen = runtimes.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0)
  throw new Error(`There is no such runtime. There are ${runtimes.map(({ name }) => name).join(", ")}.`);

installRuntimes(chosen);
const stage = await stageProgram();
const rows = [];
for (const runtime of chosen) rows.push(await tried(runtime));
printTable(rows);

const failed = rows.filter(({ result }) => result !== "equal").length;
for (const { name, detail } of rows.filter(({ detail }) => detail !== undefined)) console.log(`\n${name}: ${detail}`);
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** One row of the table: never throws, so that one broken runtime does not hide the others. */
async function tried(runtime) {
  const row = { name: runtime.name, version: "?", hash: "", ms: 0 };
  const start = performance.now();
  try {
    row.version = runtime.version();
    const { hash, parts } = await runtime.run(stage);
    row.hash = hash;
    row.result = hash === stage.expected ? "equal" : "differs";
    if (row.result === "differs") row.detail = `expected ${stage.expected}, parts ${JSON.stringify(parts)}`;
  } catch (error) {
    row.result = "error";
    row.detail = error instanceof Error ? error.message : String(error);
  }
  row.ms = performance.now() - start;
  return row;
}
