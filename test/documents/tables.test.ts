import { describe, expect, test } from "vitest";
import { type DocumentTable, documentTables } from "../../bench/documentTables.mjs";
import { tableAt, tablesOf } from "../../bench/markdownTable.mjs";
import { documentText } from "./documents.js";

/** The rows of a document that a table speaks of: all of them, or those that begin like its own. */
function rowsFound({ file, heading, index, table }: DocumentTable): (readonly string[])[] {
  const { head, rows } = tableAt(documentText(file), heading, index);
  if (table.head !== undefined) return [head, ...rows];
  return rows.filter(([label]) => table.rows.some(([wanted]) => wanted === label));
}

/** The rows that a record gives. A cell that it leaves open, a size of the package, is sizes.test.ts's. */
function rowsWanted({ table }: DocumentTable, found: (readonly string[])[]): (readonly string[])[] {
  const rows = table.head === undefined ? table.rows : [table.head, ...table.rows];
  return rows.map((row, line) => row.map((cell, column) => cell ?? found[line]?.[column] ?? ""));
}

describe("tables of the documents give what bench/results/ holds", () => {
  const named = documentTables().map(
    (entry) => [`${entry.file}, ${entry.heading}, ${entry.index + 1}`, entry] as const,
  );

  test.each(named)("%s", (name, entry) => {
    const found = rowsFound(entry);
    expect(found, `${name}: node bench/markdown.mjs writes it`).toEqual(rowsWanted(entry, found));
  });

  test("and no other suite of the core has a table there", () => {
    const held = documentTables().filter(({ file }) => file === "bench/README.md").length;
    // Sizes of parts, which are no record of a run.
    expect(tablesOf(documentText("bench/README.md"))).toHaveLength(held + 1);
  });
});

test("a table is read with its heading, its place and its cells", () => {
  const text = "# One\n\n## Two\n\ntext\n\n| a   | b |\n| --- | ---: |\n| **1** |  |\n\nend\n";
  expect(tablesOf(text)).toEqual([
    { heading: "Two", head: ["a", "b"], aligns: ["-", "-:"], rows: [["**1**", ""]], from: 6, to: 9 },
  ]);
  expect(() => tableAt(text, "One", 0)).toThrow('no table 1 under the heading "One"');
});
