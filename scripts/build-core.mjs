/**
 * Compiles the core with asc (debug, and release, which is then optimised) and writes what the facade needs to src/wasm/generated/:
 *   hex.ts       the release module as hexadecimal text
 *   exports.ts   the interface of its exports, from asc's own declarations
 *   plan.ts      the word offsets of every plan's fields, from assembly/plan.ts
 *
 * Does nothing when no input has changed since the last build, unless --force is given. Outputs are renamed into place,
 * so a reader never sees half a file even when two builds run at once.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { exportsInterface } from "./exportsInterface.mjs";
import { optimizeCore } from "./optimizeCore.mjs";
import { planOffsets } from "./planOffsets.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const build = join(root, "build");
const generated = join(root, "src", "wasm", "generated");
const stamp = join(build, "inputs.sha256");
const targets = ["release", "debug"];
const outputs = [
  ...targets.map((target) => join(build, `${target}.wasm`)),
  ...["hex.ts", "exports.ts", "plan.ts"].map((file) => join(generated, file)),
];
const banner = "// Written by scripts/build-core.mjs. Do not edit.\n";

process.chdir(root);
const hash = hashOf(inputs());
if (process.argv.includes("--force") || !isFresh(hash)) await compile(hash);

async function compile(inputsHash) {
  const scratch = join(build, `scratch-${process.pid}`);
  mkdirSync(scratch, { recursive: true });
  mkdirSync(generated, { recursive: true });
  try {
    for (const target of targets) await runCompiler(target, join("build", `scratch-${process.pid}`, `${target}.wasm`));
    // Every text is made before the first file moves: a mistake in a plan leaves the last good build whole.
    const wasm = optimizeCore(readFileSync(join(scratch, "release.wasm")));
    writeFileSync(join(scratch, "release.wasm"), wasm);
    const texts = {
      "hex.ts": `${banner}export const hex =\n  "${Buffer.from(wasm).toString("hex")}";\n`,
      "exports.ts": banner + exportsInterface(readFileSync(join(scratch, "release.d.ts"), "utf8")),
      "plan.ts": banner + planOffsets(readFileSync(join("assembly", "plan.ts"), "utf8"), "assembly/plan.ts"),
    };
    for (const file of readdirSync(scratch)) {
      if (/\.(wasm|map|d\.ts)$/.test(file)) renameSync(join(scratch, file), join(build, file));
    }
    for (const [file, text] of Object.entries(texts)) replaceFile(join(generated, file), text, scratch);
    replaceFile(stamp, inputsHash, scratch);
    console.log(`core: ${wasm.length} bytes`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runCompiler(target, outFile) {
  const { error, stderr } = await asc.main(["--target", target, "--outFile", outFile]);
  const messages = stderr.toString();
  if (messages) process.stderr.write(messages);
  if (error) {
    console.error(`core: the ${target} build failed: ${error.message}`);
    process.exit(1);
  }
}

/** Leaves an unchanged file alone, so that watchers and type checkers do not start over. */
function replaceFile(path, text, scratch) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const fresh = join(scratch, "fresh");
  writeFileSync(fresh, text);
  renameSync(fresh, path);
}

function inputs() {
  const sources = readdirSync("assembly", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const makers = ["build-core.mjs", "exportsInterface.mjs", "optimizeCore.mjs", "planOffsets.mjs"].map((file) =>
    join("scripts", file),
  );
  const compilers = ["assemblyscript", "binaryen"].map((name) => join("node_modules", name, "package.json"));
  return [...sources.sort(), ...makers, "asconfig.json", ...compilers];
}

function hashOf(files) {
  const sum = createHash("sha256");
  for (const file of files) sum.update(`${file}\0`).update(readFileSync(file)).update("\0");
  return sum.digest("hex");
}

function isFresh(inputsHash) {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === inputsHash && outputs.every((file) => existsSync(file));
}
