import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as recurve from "recurve/core";
import { conformance } from "./conformance.mjs";
import { given } from "./given.mjs";

recurve.useCore(readFileSync(fileURLToPath(import.meta.resolve("recurve/core.wasm"))));
console.log(JSON.stringify(conformance(recurve, given)));
