/**
 * Installs the packed tarball, runs one conformance program from it in every environment, and prints what each of them got.
 * Each goes on with the model and the stream that the one before left; the first is run once more with what the last left.
 * Fails unless every hash is the one the program declares for that part of it, hence all are equal.
 *
 * Names of environments on the command line (`node test/runtimes/run.mjs "Node 24" Bun`) restrict the run to them.
 */

import { installMissing } from "./install.mjs";
import { pages } from "./pages.mjs";
import { runtimes } from "./runtimes.mjs";
import { begin, stageProgram } from "./stage.mjs";
import { printTable } from "./table.mjs";
import { workerExample } from "./workerExample.mjs";

const chosen = choose([...runtimes, ...pages, workerExample], process.argv.slice(2));
installMissing(chosen);
const stage = await stageProgram();
/** What the last environment left, and which one that was. */
let left = { given: await begin(stage), from: "this Node" };

const rows = [];
for (const environment of chosen) rows.push(await tried(environment));
if (chosen.length > 1) rows.push(await tried({ ...chosen[0], name: `${chosen[0].name} again` }));
printTable(rows);

for (const { name, detail } of rows.filter(({ detail }) => detail !== undefined)) console.log(`\n${name}: ${detail}`);
const failed = rows.filter(({ result }) => result !== "equal" && result !== "refused").length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function choose(environments, wanted) {
  const names = environments.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`There is no ${unknown.join(", ")}. There are ${names.join(", ")}.`);
  return environments.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
}

/** One row of the table: never throws, so that one broken environment does not hide the others. */
async function tried({ name, part = "whole", version, run }) {
  const row = { name, version: "?", from: part === "none" ? "" : left.from, result: "error", hash: "", ms: 0 };
  const start = performance.now();
  try {
    row.version = version();
    const { hash, parts, next, refusal, wanted = stage.expected[part] } = await run(stage, left.given);
    if (refusal !== undefined) return Object.assign(row, { result: "refused", detail: refusal });
    row.hash = hash;
    // Nothing is not equal to nothing: an environment that gives no hash has not passed.
    row.result = hash !== undefined && hash === wanted ? "equal" : "differs";
    if (row.result === "differs") row.detail = `expected ${wanted}, parts ${JSON.stringify(parts)}`;
    if (next !== undefined) left = { given: next, from: name };
  } catch (error) {
    row.detail = error instanceof Error ? error.message : String(error);
  } finally {
    row.ms = performance.now() - start;
  }
  return row;
}
