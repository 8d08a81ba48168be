import { readFileSync } from "node:fs";

const table = readFileSync(new URL("../../data/temperatures/dailyMinimum.csv", import.meta.url), "utf8");
const rows = table.trim().split(/\r?\n/).slice(1);

/** Readings that a device could send: the last hundred days of the series, which the model has not seen. */
export const readings = rows.slice(-100).map((row) => Number(row.split(",")[1]));
