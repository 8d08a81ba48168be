/** Bundles what users would import from the built package, minified, into build/bundles/ for the size limits. */
import { mkdirSync, writeFileSync } from "node:fs";
import { bundleOf, programs } from "./programs.mjs";

const folder = new URL("../build/bundles/", import.meta.url);

mkdirSync(folder, { recursive: true });
for (const name of Object.keys(programs)) writeFileSync(new URL(`${name}.js`, folder), await bundleOf(name));
