/**
 * npm run size:parts [-- --json FILE]
 * What each part of the core, among them every cell, adds to a bundle that uses it: its module, and its text after gzip.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { partSizes } from "./sizesOfParts.mjs";

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
const rows = await partSizes();
console.table(rows);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
