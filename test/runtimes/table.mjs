const headings = {
  name: "environment",
  version: "version",
  from: "snapshot of",
  result: "result",
  hash: "SHA-256 of weights and outputs",
  ms: "ms",
};

/** Prints rows in columns as wide as their widest cell. */
export function printTable(rows) {
  const lines = [headings, ...rows.map((row) => ({ ...row, ms: String(Math.round(row.ms)) }))];
  const widths = Object.keys(headings).map((key) => Math.max(...lines.map((line) => line[key].length)));
  for (const line of lines) {
    const cells = Object.keys(headings).map((key, i) =>
      key === "ms" ? line[key].padStart(widths[i]) : line[key].padEnd(widths[i]),
    );
    console.log(cells.join("  "));
  }
}
