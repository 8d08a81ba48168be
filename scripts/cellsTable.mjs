/**
 * Writes docs/cells.md from the registry of cells and the comments above them: run after a build. `--check` fails when the file
 * is not up to date.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cells } from "../dist/index.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const file = join(root, "docs", "cells.md");

const list = (items) => (items.length === 0 ? "–" : items.map((item) => `\`${item}\``).join(", "));

const rows = Object.values(cells).map(
  ({ name, written, gates, states, recurrentBlocks, lateBlocks, options }) =>
    `| [${name}](#${name.toLowerCase()}) | ${call(name, written, options)} | ${list(gates)} | ${list(states)} | ${recurrentBlocks}${lateBlocks > 0 ? ` + ${lateBlocks} late` : ""} | ${list(options)} | ${without(recurrentBlocks, lateBlocks)} |`,
);

/** How a layer of the cell is written. */
function call(name, [by, option] = [name], options) {
  const given = { coupled: "{ coupled: true }", "reset before": '{ reset: "before" }' }[option];
  if (by === name) return `\`${name}(units)\``;
  return `\`${by}(units${given ? `, ${given}` : ""})\`${options.length > 0 ? " with its options" : ""}`;
}

/** Options of every recurrent layer that it refuses. */
function without(recurrentBlocks, lateBlocks) {
  return list([...(lateBlocks > 0 ? ["projectionSize"] : []), ...(recurrentBlocks === 0 ? ["recurrentDropout"] : [])]);
}

const sections = Object.keys(cells).map((name) => {
  const [summary, equations, source] = documentation(name);
  return `## ${name}\n\n${summary}\n\n${source}\n\n${equations}\n`;
});

/** The three paragraphs below the first in the comment above a cell: what it is for, its equations, where it is from. */
function documentation(name) {
  const text = readFileSync(join(root, "src", "cells", `${name}.ts`), "utf8");
  const [, comment] = new RegExp(`/\\*\\*\\n((?: \\*.*\\n)+?) \\*/\\nexport const ${name}Cell `).exec(text) ?? [];
  const paragraphs =
    comment
      ?.replace(/^ \* ?/gm, "")
      .trimEnd()
      .split("\n\n") ?? [];
  if (paragraphs.length !== 4) throw new Error(`src/cells/${name}.ts: above the cell belong four paragraphs.`);
  return paragraphs.slice(1).map((lines) => (lines.startsWith("  ") ? lines : lines.replaceAll("\n", " ")));
}

const text = `# Cells

Written from the cells' descriptors by \`npm run docs:cells\`. Gate blocks are the rows of \`weight_ih\`, \`weight_hh\` and the biases, in
this order. Recurrent blocks are those of \`weight_hh\`: the leading ones act on h, late ones on a gated state. A cell takes the
options of every recurrent layer: either direction, bias or none, projection, recurrent dropout, zoneout, layer normalisation,
learned initial state; but for those of the last column, as it gates the state before its second product, or has no product of h.
In equations φ is \`gateActivation\`, γ \`candidateActivation\`, ψ \`outputActivation\`. \`recurrent(cells.NAME, units, options)\` makes a layer of any.
IRNN is \`elman(units, { activation: "relu", recurrentInitializer: "identity" })\`.

| cell | written | gate blocks | states | recurrent blocks | options of its own | not with |
|---|---|---|---|---|---|---|
${rows.join("\n")}

${sections.join("\n")}`;

if (process.argv.includes("--check")) {
  if (readFileSync(file, "utf8") !== text)
    throw new Error("docs/cells.md is not what the descriptors say: run npm run docs:cells.");
} else {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
