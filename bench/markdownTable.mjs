/*
 * Tables of a document as { heading, head, aligns, rows, from, to }: cells as text, `heading` above them, lines `from` to before `to`.
 */

/** Every table of a document, in order. */
export function tablesOf(markdown) {
  const lines = markdown.split("\n");
  const tables = [];
  let heading = "";
  for (let from = 0; from < lines.length; from++) {
    heading = /^#+ (.*)/.exec(lines[from])?.[1] ?? heading;
    if (!lines[from].startsWith("|")) continue;
    let to = from;
    while (lines[to]?.startsWith("|")) to++;
    const [head, aligns, ...rows] = lines.slice(from, to).map(cellsOf);
    tables.push({ heading, head, aligns: aligns.map((rule) => rule.replace(/-+/, "-")), rows, from, to });
    from = to - 1;
  }
  return tables;
}

const cellsOf = (line) =>
  line
    .slice(1, line.lastIndexOf("|"))
    .split("|")
    .map((cell) => cell.trim());

/** The table of a document under a heading, by its place there. */
export function tableAt(markdown, heading, index) {
  const found = tablesOf(markdown).filter((table) => table.heading === heading)[index];
  if (found === undefined) throw new Error(`There is no table ${index + 1} under the heading "${heading}".`);
  return found;
}

/** A table as lines of a document. @param aligns "-", "-:" or ":-:" for each column; none: all to the left */
export function tableText({ head, aligns = head.map(() => "-"), rows }) {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column].length)));
  const row = (pad) => `| ${widths.map((width, column) => pad(column, width)).join(" | ")} |`;
  const rule = row((column, width) => aligns[column].replace("-", "-".repeat(width - aligns[column].length + 1)));
  const padded = (cells) => row((column, width) => padCell(cells[column], aligns[column], width));
  return [padded(head), rule, ...rows.map(padded)].join("\n");
}

function padCell(cell, align, width) {
  if (align === "-:") return cell.padStart(width);
  return (align === ":-:" ? cell.padStart((width + cell.length) >> 1) : cell).padEnd(width);
}
