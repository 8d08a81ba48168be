/** Writes docs/cells.md from the registry of cells: run after a build. `--check` fails when the file is not up to date. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cells } from "../dist/index.js";

const file = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "cells.md");

const list = (items) => (items.length === 0 ? "–" : items.map((item) => `\`${item}\``).join(", "));

const rows = Object.values(cells).map(
  ({ name, gates, states, recurrentBlocks, lateBlocks, options }) =>
    `| [${name}](#${name.toLowerCase()}) | ${list(gates)} | ${list(states)} | ${recurrentBlocks}${lateBlocks > 0 ? ` + ${lateBlocks} late` : ""} | ${list(options)} |`,
);

const sections = Object.values(cells).map(
  ({ name, summary, equations, source }) =>
    `## ${name}\n\n${summary}\n\n${source}.\n\n${equations.map((line) => `    ${line}`).join("\n")}\n`,
);

const text = `# Cells

Written from the cells' descriptors by \`npm run docs:cells\`. Gate blocks are the rows of \`weight_ih\`, \`weight_hh\` and the biases, in
this order. Recurrent blocks are those of \`weight_hh\`: the leading ones act on h, late ones on a gated state. Every cell takes the
options of every recurrent layer: either direction, bias or none, projection, recurrent dropout, zoneout, layer normalisation,
learned initial state.
IRNN is \`elman(units, { activation: "relu", recurrentInitializer: "identity" })\`.

| cell | gate blocks | states | recurrent blocks | options of its own |
|---|---|---|---|---|
${rows.join("\n")}

${sections.join("\n")}`;

if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    throw new Error("docs/cells.md is not what the descriptors say: run npm run docs:cells.");
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
