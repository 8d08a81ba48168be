/**
 * Compiles programs that use the packed package under the settings that declarations break under: they are checked themselves
 * (skipLibCheck off), with what a browser knows or what Node does, in each way of resolving modules.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build", "consumer");
const { ModuleKind, ModuleResolutionKind } = ts;

const MODULES = {
  node16: { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16 },
  nodenext: { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
  bundler: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler },
};

const HOSTS = {
  browser: { lib: ["lib.es2022.d.ts", "lib.dom.d.ts"], types: [] },
  node: { lib: ["lib.es2022.d.ts"], types: ["node"], typeRoots: [join(root, "node_modules", "@types")] },
};

const program = `
const model = new recurve.Model(recurve.sequential(recurve.lstm(8), recurve.lastStep(), recurve.dense(1)), { inputSize: 2 });
export const output: Float32Array = model.predict([[1, 2]]).data;
export const bytes: Uint8Array = model.session().snapshot();
`;
const files = {
  "esm.mts": `import * as recurve from "recurve";${program}`,
  "commonjs.cts": `import * as recurve from "recurve";${program}`,
  "predict.mts": `import * as recurve from "recurve/predict";${program}`,
  "core.mts": `import * as recurve from "recurve/core";${program}`,
  "url.mts": `import * as recurve from "recurve/url";${program}`,
};

const installed = join(folder, "node_modules", "recurve");
rmSync(folder, { recursive: true, force: true });
mkdirSync(installed, { recursive: true });
execFileSync("tar", ["-xzf", join(root, "build", "recurve.tgz"), "-C", installed, "--strip-components=1"]);
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

const problems = Object.keys(MODULES).flatMap((modules) =>
  Object.keys(HOSTS).flatMap((host) => complaints(modules, host)),
);
for (const problem of problems) console.error(problem);
console.log(
  `types: ${Object.keys(files).length} programs, ${Object.keys(MODULES).join(", ")} for ${Object.keys(HOSTS).join(" and ")}: ${problems.length} errors`,
);
if (problems.length > 0) process.exit(1);

/** What the compiler says to the programs, a line each. */
function complaints(modules, host) {
  const options = { ...MODULES[modules], ...HOSTS[host], target: ts.ScriptTarget.ES2022, strict: true, noEmit: true };
  // A bundler takes no file for CommonJS.
  const names = Object.keys(files).filter((file) => modules !== "bundler" || !file.endsWith(".cts"));
  const paths = names.map((file) => join(folder, file));
  return ts.getPreEmitDiagnostics(ts.createProgram(paths, options)).map(({ file, messageText }) => {
    const place = file === undefined ? "" : relative(folder, file.fileName);
    return `${modules}, ${host}: ${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n  ")}`;
  });
}
