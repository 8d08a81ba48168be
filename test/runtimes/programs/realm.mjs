/**
 * Runs the conformance program in a realm that has the language, WebAssembly, and nothing of a host: no TextDecoder, atob,
 * performance, timers, crypto, console. Started by Node with --experimental-vm-modules in the staged project; prints its result.
 *
 * node --experimental-vm-modules realm.mjs <module of the package> <what of conformance.mjs is run>
 */

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createContext, runInContext, SourceTextModule } from "node:vm";
import { given } from "./given.mjs";

/** What the realm keeps of the language, by name. Neither weak references nor shared memory, which a host may lack. */
// biome-ignore format: a list
const language = new Set([
  "globalThis", "undefined", "NaN", "Infinity", "isNaN", "isFinite", "parseFloat", "parseInt",
  "Object", "Function", "Array", "Number", "Boolean", "String", "Symbol", "BigInt", "Math", "JSON", "Reflect", "Proxy",
  "Date", "RegExp", "Promise", "Iterator", "Map", "Set", "WeakMap", "WeakSet",
  "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
  "ArrayBuffer", "DataView", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
  "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
  "WebAssembly",
]);

const context = createContext({});
const removed = runInContext(
  "(keep) => Reflect.ownKeys(globalThis).filter((name) => !keep(name) && delete globalThis[name])",
  context,
)((name) => language.has(name));
const left = runInContext("Reflect.ownKeys(globalThis)", context).filter((name) => !language.has(name));
if (left.length > 0) throw new Error(`the realm is not bare: it keeps ${left.map(String)}`);
if (!removed.includes("console")) throw new Error("the realm had no console to lose: is it a realm at all?");

const [entry, part] = process.argv.slice(2);
const modules = new Map();

/** A module of the realm from a file of the project. */
function load(path) {
  if (!modules.has(path))
    modules.set(path, new SourceTextModule(readFileSync(path, "utf8"), { context, identifier: path }));
  return modules.get(path);
}

const program = new SourceTextModule(
  `import * as recurve from "./${entry}";
   import { ${part} } from "./conformance.mjs";
   export const run = (given) => JSON.stringify(${part}(recurve, JSON.parse(given)));`,
  { context, identifier: resolve("program.mjs") },
);
await program.link((specifier, { identifier }) => load(join(dirname(identifier), specifier)));
await program.evaluate();
console.log(program.namespace.run(JSON.stringify(given)));
