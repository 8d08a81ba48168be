import { dataFile } from "./dataFile.js";

/** The values below a heading of a table of comma-separated values. */
export function column(name: string, heading: string): number[] {
  const [first, ...rows] = dataFile(name).trim().split(/\r?\n/);
  const place = (first as string).split(",").findIndex((title) => title.replaceAll('"', "") === heading);
  return rows.map((row) => Number(row.split(",")[place]));
}
