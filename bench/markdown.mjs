/**
 * node bench/markdown.mjs        writes the tables of README.md and bench/README.md anew: from bench/results/, and from the sizes of
 *                                the package as it is built
 * node bench/markdown.mjs FILE   prints the JSON of a run of `npm run bench` or `npm run bench:versus` as such tables
 */
import { readFileSync, writeFileSync } from "node:fs";
import { bundleSize, ownPrograms } from "../scripts/programs.mjs";
import { partSizes } from "../scripts/sizesOfParts.mjs";
import { documentTables, partTable, suiteTables } from "./documentTables.mjs";
import { tableAt, tableText } from "./markdownTable.mjs";
import { toMarkdown } from "./versus/report.mjs";

const [file] = process.argv.slice(2);
if (file === undefined) await writeDocuments();
else print(JSON.parse(readFileSync(file, "utf8")));

function print(report) {
  if (report.suites === undefined) return process.stdout.write(toMarkdown(report));
  const { machine, rounds, peak, suites } = report;
  console.log(`${machine.cpu}, Node ${machine.node.slice(1)}, ${rounds} rounds; peak ${peak.toFixed(1)} GFLOP/s.`);
  for (const suite of suites) console.log(`\n### ${suite.name}\n\n${suiteTables(suite).map(tableText).join("\n\n")}`);
}

async function writeDocuments() {
  const ownSizes = {};
  for (const [name, program] of Object.entries(ownPrograms)) ownSizes[name] = await bundleSize(program);
  for (const entry of [...documentTables(ownSizes), partTable(await partSizes())]) writeTable(entry);
}

/** A document's columns stay aligned as they are. */
function writeTable({ file, heading, index, table }) {
  const path = new URL(`../${file}`, import.meta.url);
  const text = readFileSync(path, "utf8");
  const { from, to, ...old } = tableAt(text, heading, index);
  const rows = table.head === undefined ? old.rows.map((row) => withRow(row, table.rows)) : table.rows;
  const lines = text.split("\n");
  lines.splice(from, to - from, tableText({ ...old, ...table, rows, head: table.head ?? old.head }));
  writeFileSync(path, lines.join("\n"));
}

function withRow(row, fresh) {
  return fresh.find(([label]) => label === row[0]) ?? row;
}
