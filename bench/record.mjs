import { writeFileSync } from "node:fs";

/** Longer than this, an array or object goes over several lines. */
const WIDTH = 400;

/**
 * Writes a run's report: medians and quartiles, a line a result, without the rate of every single round. Every digit stays: a figure
 * that was rounded twice would differ from the one printed at first.
 */
export function writeRecord(file, report) {
  const kept = JSON.stringify(report, (key, value) => (key === "rates" ? undefined : value));
  writeFileSync(file, `${linesOf(JSON.parse(kept))}\n`);
}

function linesOf(value, indent = "") {
  const line = JSON.stringify(value);
  if (line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + linesOf(item, inner)).join(",\n")}\n${indent}]`;
  const entries = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${linesOf(item, inner)}`);
  return `{\n${entries.join(",\n")}\n${indent}}`;
}
