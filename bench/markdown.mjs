/**
 * node bench/markdown.mjs FILE
 * Prints the JSON of a run as the tables of bench/README.md.
 */
import { readFileSync } from "node:fs";
import { duration, judge, percent, quartilesOf, units } from "./table.mjs";

const [file] = process.argv.slice(2);
const { machine, rounds, peak, suites } = JSON.parse(readFileSync(file, "utf8"));
console.log(`${machine.cpu}, Node ${machine.node.slice(1)}, ${rounds} rounds; peak ${peak.toFixed(1)} GFLOP/s.`);
for (const suite of suites) {
  console.log(`\n### ${suite.name}\n\n${rowsOf(resultTable(suite))}`);
  if (suite.extras.length > 0) console.log(`\n${rowsOf(extrasTable(suite))}`);
}

/** Rates of a suite whose items have a share of something known, or rates and times where they have none. */
function resultTable({ unit, perMillisecond, digits, yardsticks, results }) {
  const isShare = yardsticks !== "none";
  const rate = ({ median }) => (median / perMillisecond).toFixed(digits);
  const lines = results.map(({ name, rate: found, milliseconds, share, target }) =>
    isShare
      ? [name, rate(found), percent(share.median), quartilesOf(share, percent), ...verdict(share.median, { target })]
      : [name, rate(found), duration(milliseconds.median), quartilesOf(milliseconds, duration)],
  );
  const head = isShare ? ["what", unit, "share", "quartiles", "target", ""] : ["what", unit, "time", "quartiles"];
  return [head, ...lines];
}

function extrasTable({ extras }) {
  const lines = extras.map(({ name, figure, spread, unit = "share", target, isMost }) => {
    const show = units[unit];
    return [name, show(figure), spread ? quartilesOf(spread, show) : "", ...verdict(figure, { target, isMost, show })];
  });
  return [["what", "figure", "quartiles", "target", ""], ...lines];
}

function verdict(figure, bound) {
  const { text, isReached } = judge(figure, bound);
  return [text, text === "" ? "" : isReached ? "reached" : "**missed**"];
}

function rowsOf([head, ...lines]) {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...lines.map((line) => line[column])].map((cell) => cell.length), 3),
  );
  const row = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  return [row(head), row(widths.map((width) => "-".repeat(width))), ...lines.map(row)].join("\n");
}
