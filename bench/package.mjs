import { existsSync, readFileSync } from "node:fs";

/* The built package as its users have it, and what it asks of the core. */

const bundle = new URL("../dist/index.js", import.meta.url);

/** Throws when the package was built around another core than the one that is measured beside it. */
export function requireFreshPackage() {
  const [packaged, built] = ["../dist/core.wasm", "../build/release.wasm"].map(
    (file) => new URL(file, import.meta.url),
  );
  if (existsSync(bundle) && readFileSync(packaged).equals(readFileSync(built))) return;
  throw new Error("dist/ is missing or older than the core. Run npm run build.");
}

/** The package. */
export function loadPackage() {
  return import(bundle.href);
}

/**
 * A second copy of the package with a core of its own, whose exports are wrapped so that calls can be recorded.
 * @returns { recurve, record, replay }: `record` begins a new list of calls and gives the last one; `replay(calls)` gives a
 *   function of a number of turns that makes the same calls with the same arguments, straight into the core
 */
export async function loadRecordedPackage() {
  const recurve = await import(`${bundle.href}?recorded`);
  const { Instance } = WebAssembly;
  let exports;
  let calls = [];
  const recorded = ([name, value]) => {
    if (typeof value !== "function") return [name, value];
    const call = (...values) => {
      calls.push({ name, values });
      return value(...values);
    };
    return [name, call];
  };
  // The package makes its core at the first use and never again.
  WebAssembly.Instance = function RecordedInstance(module, imports) {
    exports = new Instance(module, imports).exports;
    return { exports: Object.fromEntries(Object.entries(exports).map(recorded)) };
  };
  try {
    new recurve.Model(recurve.dense(1), { inputSize: 1 }).dispose();
  } finally {
    WebAssembly.Instance = Instance;
  }
  return {
    recurve,
    record() {
      const last = calls;
      calls = [];
      return last;
    },
    replay: (list) => replay(exports, list),
  };
}

/** A loop written out call by call, so that nothing but the calls themselves takes time. */
async function replay(exports, calls) {
  const names = [...new Set(calls.map(({ name }) => name))].join(", ");
  const lines = calls.map(({ name, values }) => `    ${name}(${values.map(literal).join(", ")});`);
  const code = `export default ({ ${names} }) => (turns) => {\n  for (; turns > 0; turns--) {\n${lines.join("\n")}\n  }\n};\n`;
  const written = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  return written.default(exports);
}

function literal(value) {
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : String(value);
}
