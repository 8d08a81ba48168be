import { readFileSync } from "node:fs";
import { extrasTable, resultTable } from "./suiteTables.mjs";
import { coldStartTable, wideLanesTable, workloadTable } from "./versus/report.mjs";
import { loadingRows, summaryTable } from "./versus/summary.mjs";

/** A run that the repository keeps: "core", "versus", "coldStart" or "wideLanes". */
export function recordOf(name) {
  return JSON.parse(readFileSync(new URL(`./results/${name}.json`, import.meta.url), "utf8"));
}

/** Sizes that nobody has measured: their cells are null. */
const UNKNOWN = { recurve: null, "recurve/predict": null };

/**
 * The tables of the documents that recorded runs are behind.
 * @param ownSizes bytes of recurve's own bundles, which belong to the package as it is and not to a run
 * @returns [{ file, heading, index, table }]: the table's place under its heading, and how it has to be. A table without a head is
 *   rows of a larger one, each known by its first cell.
 */
export function documentTables(ownSizes = UNKNOWN) {
  const versus = recordOf("versus");
  const starts = recordOf("coldStart");
  const [short, long] = ["README.md", "bench/README.md"];
  const beside = "Beside other libraries";
  return [
    { file: short, heading: "Beside others", index: 0, table: summaryTable(versus) },
    { file: short, heading: "Beside others", index: 1, table: { rows: loadingRows(starts, ownSizes) } },
    { file: long, heading: beside, index: 0, table: workloadTable(versus) },
    { file: long, heading: beside, index: 1, table: coldStartTable(starts, ownSizes) },
    { file: long, heading: "With lanes of 256 bits", index: 0, table: wideLanesTable(recordOf("wideLanes")) },
    ...recordOf("core").suites.flatMap((suite) =>
      suiteTables(suite).map((table, index) => ({ file: long, heading: suite.name, index, table })),
    ),
  ];
}

/** One table of results, and one of figures made of several where a suite has such. */
export function suiteTables(suite) {
  return [resultTable(suite), ...(suite.extras.length > 0 ? [extrasTable(suite)] : [])];
}

/** What each part of the core has, as a table of bench/README.md. @param parts [{ part, bytes, gzip }] */
export function partTable(parts) {
  const rows = parts.map(({ part, bytes, gzip }) => [part, `${bytes}`, `${gzip}`]);
  const table = { head: ["part", "bytes", "gzip -9"], rows };
  return { file: "bench/README.md", heading: "What a cell adds", index: 0, table };
}
