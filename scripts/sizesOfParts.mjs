import { readFileSync } from "node:fs";
import { transform } from "esbuild";
import { gzipSize } from "./programs.mjs";

/** Bytes of every part of the core and of all together: [{ part, bytes, gzip }], `gzip` of the text that a bundle has of it. */
export async function partSizes() {
  const parts = await load("generated/wholeCore");
  const { decode } = await load("decode");
  const texts = Object.entries(parts).map(([name, { text }]) => [name, text]);
  return [...texts, ["all", texts.map(([, text]) => text).join("")]].map(([part, text]) => ({
    part,
    bytes: decode(text).length,
    gzip: gzipSize(text),
  }));
}

/** A module of src/wasm/ that needs nothing at run time. */
async function load(name) {
  const source = readFileSync(new URL(`../src/wasm/${name}.ts`, import.meta.url), "utf8");
  const { code } = await transform(source, { loader: "ts" });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}
