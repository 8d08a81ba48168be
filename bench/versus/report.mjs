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

/** A report as the tables of a document. */
export function toMarkdown({ workloads, coldStarts }) {
  const peers = [...new Set(workloads.flatMap(({ results }) => results.slice(1).map(({ name }) => name)))];
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const head = ["workload", "recurve", ...peers];
  const cell = ({ results, targets }, peer) => {
    const found = results.find(({ name }) => name === peer);
    if (found === undefined) return "–";
    const { text, isReached } = judge(found.ratio.median, { target: targets[peer], show: times });
    return times(found.ratio.median) + (text === "" ? "" : isReached ? ` (${text})` : ` (**${text}**)`);
  };
  const lines = workloads.map((workload) =>
    row([
      workload.title,
      duration(workload.results[0].milliseconds.median),
      ...peers.map((peer) => cell(workload, peer)),
    ]),
  );
  const rule = (count) => row(Array.from({ length: count }, (_, at) => (at === 0 ? "---" : "--:")));
  const starts = coldStarts.map(({ name, milliseconds, bundle, files }) =>
    row([name, duration(milliseconds.median), kilobytes(bundle), kilobytes(files || undefined)]),
  );
  const second =
    starts.length === 0 ? [] : ["", row(["", "first prediction", "bundle", "fetched"]), rule(4), ...starts];
  return `${[row(head), rule(head.length), ...lines, ...second].join("\n")}\n`;
}
