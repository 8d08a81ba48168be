import { tableText } from "../markdownTable.mjs";
import { duration, judge } from "../table.mjs";

/* Tables of ratios: how many times as long a peer takes as recurve. */

const WIDTH = 22;
const times = (ratio) => (ratio >= 20 ? `${ratio.toFixed(0)} ×` : `${ratio.toFixed(2)} ×`);
const kilobytes = (bytes) => (bytes === undefined ? "" : `${(bytes / 1000).toFixed(bytes < 1e5 ? 1 : 0)} KB`);

export function printWorkload({ title, targets, results, absent }) {
  console.log(`\n${title}`);
  console.log(
    `  ${"".padEnd(WIDTH)}${"time".padStart(12)}${"× recurve".padStart(12)}${"quartiles".padStart(22)}${"target".padStart(12)}`,
  );
  for (const { name, milliseconds, ratio } of results) {
    const { text, isReached } = judge(ratio.median, { target: targets[name], show: times });
    const spread = `${times(ratio.low)} – ${times(ratio.high)}`;
    const verdict = text === "" ? "" : `${text.padStart(12)}  ${isReached ? "reached" : "NOT REACHED"}`;
    console.log(
      `  ${name.padEnd(WIDTH)}${duration(milliseconds.median).padStart(12)}${times(ratio.median).padStart(12)}${spread.padStart(22)}${verdict}`,
    );
  }
  for (const { name, reason } of absent) console.log(`  ${name.padEnd(WIDTH)}  ${reason}`);
}

export function printColdStarts(starts) {
  console.log("\nfirst prediction in a fresh process, and what a page loads (gzip -9)");
  for (const { name, milliseconds, bundle, files } of starts)
    console.log(
      `  ${name.padEnd(WIDTH)}${duration(milliseconds.median).padStart(12)}${kilobytes(bundle).padStart(12)}${kilobytes(files || undefined).padStart(12)}`,
    );
}

/** Every workload beside every peer; a target stands in brackets, bold where it is missed. */
export function workloadTable({ workloads }) {
  const peers = [...new Set(workloads.flatMap(({ results }) => results.slice(1).map(({ name }) => name)))];
  const cell = ({ results, targets }, peer) => {
    const found = results.find(({ name }) => name === peer);
    if (found === undefined) return "–";
    const { text, isReached } = judge(found.ratio.median, { target: targets[peer], show: times });
    return times(found.ratio.median) + (text === "" ? "" : isReached ? ` (${text})` : ` (**${text}**)`);
  };
  const rows = workloads.map((workload) => [
    workload.title,
    duration(workload.results[0].milliseconds.median),
    ...peers.map((peer) => cell(workload, peer)),
  ]);
  return { head: ["workload", "recurve", ...peers], aligns: ["-", "-:", ...peers.map(() => "-:")], rows };
}

/** @param ownSizes bytes by name that are measured apart; null leaves a cell open */
export function coldStartTable({ coldStarts }, ownSizes = {}) {
  const rows = coldStarts.map(({ name, milliseconds, bundle, files }) => {
    const size = name in ownSizes ? ownSizes[name] : bundle;
    return [name, duration(milliseconds.median), size === null ? null : kilobytes(size), kilobytes(files || undefined)];
  });
  return { head: ["", "first prediction", "bundle", "fetched"], aligns: ["-", "-:", "-:", "-:"], rows };
}

/** Every workload with lanes of 128 and of 256 bits. */
export function wideLanesTable({ workloads }) {
  const rows = workloads.map(({ title, milliseconds, ratio: { low, median, high } }) => [
    title,
    ...["128 bits", "256 bits"].map((lanes) => duration(milliseconds[lanes])),
    `${median.toFixed(2)} ×`,
    `${low.toFixed(2)} – ${high.toFixed(2)}`,
  ]);
  const aligns = ["-", "-:", "-:", "-:", "-:"];
  return { head: ["workload", "128 bits", "256 bits", "ratio", "quartiles"], aligns, rows };
}

/** A report as the tables of a document. */
export function toMarkdown(report) {
  const tables = [workloadTable(report), coldStartTable(report)].filter(({ rows }) => rows.length > 0);
  return `${tables.map(tableText).join("\n\n")}\n`;
}
