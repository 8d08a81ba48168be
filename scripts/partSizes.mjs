/**
 * npm run size:parts [-- --json FILE]
 * What each part of the core, among them every cell, adds to a bundle that uses it: its module, and its text after gzip.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
const parts = await load("generated/wholeCore");
const { decode } = await load("decode");

const texts = Object.entries(parts).map(([name, { text }]) => [name, text]);
const rows = [...texts, ["all", texts.map(([, text]) => text).join("")]].map(([part, text]) => ({
  part,
  bytes: decode(text).length,
  gzip: gzipSync(text, { level: 9 }).length,
}));
console.table(rows);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);

/** A module of src/wasm/ that needs nothing at run time. */
async function load(name) {
  const source = readFileSync(new URL(`../src/wasm/${name}.ts`, import.meta.url), "utf8");
  const { code } = await transform(source, { loader: "ts" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
