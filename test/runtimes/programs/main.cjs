/** The package through `require`, by the entry that is named on the command line. */
const { readFileSync } = require("node:fs");

const entry = process.argv[2];
const recurve = require(entry);
if (entry === "recurve/core") recurve.useCore(readFileSync(require.resolve("recurve/core.wasm")));

Promise.all([import("./conformance.mjs"), import("./given.mjs")]).then(([programs, { given }]) => {
  const program = entry === "recurve/predict" ? programs.prediction : programs.conformance;
  console.log(JSON.stringify(program(recurve, given)));
});
