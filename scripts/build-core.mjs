/**
 * Compiles the core with asc and writes what the facade needs to src/wasm/generated/:
 *   wholeCore.ts            the optimised core as text, cut into a base and parts
 *   predictCore.ts          the same of the core that holds what predictions need
 *   uncutCore.ts            the optimised core as text, in one piece
 *   noParts.ts              in their place where the core comes whole, as a file
 *   identity.ts             the name of the whole core, which the module carries too
 *   exports.ts              the interface of the whole core's exports, from asc's own declarations
 *   plan.ts                 the word offsets of every plan's fields, from assembly/plan.ts
 *
 * Does nothing when no input has changed since the last build, unless --force is given. Outputs are renamed into place,
 * so a reader never sees half a file even when two builds run at once.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { encode } from "./encode.mjs";
import { exportsInterface } from "./exportsInterface.mjs";
import { optimizeCore, plainBytes, requireCalled } from "./optimizeCore.mjs";
import { planOffsets } from "./planOffsets.mjs";
import { splitCore } from "./splitCore.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const build = join(root, "build");
const generated = join(root, "src", "wasm", "generated");
const stamp = join(build, "inputs.sha256");
/** The targets of asconfig.json and the file that lists what each exports. */
const entries = { release: "assembly/index.ts", predict: "assembly/predict.ts", debug: "assembly/index.ts" };
const targets = Object.keys(entries);
const outputs = [
  ...targets.map((target) => join(build, `${target}.wasm`)),
  ...["wholeCore.ts", "predictCore.ts", "uncutCore.ts", "noParts.ts", "identity.ts", "exports.ts", "plan.ts"].map(
    (file) => join(generated, file),
  ),
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
    requireCalled(readFileSync(join(scratch, "release.wasm")));
    // Every text is made before the first file moves: a mistake in a plan leaves the last good build whole.
    const whole = optimizeFile(join(scratch, "release.wasm"));
    const predict = optimizeFile(join(scratch, "predict.wasm"));
    const texts = {
      "wholeCore.ts": partsModule(whole.parts, ({ wasm }) => encode(wasm)),
      "predictCore.ts": partsModule(predict.parts, ({ wasm }) => encode(wasm)),
      "uncutCore.ts": `${banner}export const text = "${encode(whole.wasm)}";\n`,
      "noParts.ts": partsModule(whole.parts, () => "", false),
      "identity.ts": `${banner}export const identity = "${whole.identity}";\n`,
      "exports.ts":
        banner + exportsInterface(readFileSync(join(scratch, "release.d.ts"), "utf8")) + partNames(whole.parts),
      "plan.ts": banner + planOffsets(readFileSync(join("assembly", "plan.ts"), "utf8"), "assembly/plan.ts"),
    };
    for (const file of readdirSync(scratch)) {
      if (/\.(wasm|map|d\.ts)$/.test(file)) renameSync(join(scratch, file), join(build, file));
    }
    for (const [file, text] of Object.entries(texts)) replaceFile(join(generated, file), text, scratch);
    replaceFile(stamp, inputsHash, scratch);
    console.log(`core: ${whole.wasm.length} bytes, ${predict.wasm.length} of them for predictions`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Optimises a module in its place, names it by its content in a custom section, and cuts a copy of it into parts. */
function optimizeFile(path) {
  const named = optimizeCore(readFileSync(path));
  const bytes = plainBytes(named);
  const identity = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const wasm = Buffer.concat([bytes, customSection("recurve", identity)]);
  writeFileSync(path, wasm);
  return { wasm, identity, parts: splitCore(named) };
}

/** A section that changes nothing: number 0, its size, its name with its length, its content. Short ones only. */
function customSection(name, content) {
  return Buffer.from([0, 1 + name.length + content.length, name.length, ...Buffer.from(name + content)]);
}

/** A module of the facade with a constant for each part. */
function partsModule(parts, textOf, hasBase = true) {
  const constants = [...parts].flatMap(([name, part]) => {
    if (name === "base") return hasBase ? [`export const base = { text: "${textOf(part)}" };`] : [];
    return [`export const ${name}: Part<${typeOf(part)}> = { text: "${textOf(part)}" };`];
  });
  return `${banner}import type { Part } from "../part.js";\n\n${constants.join("\n")}\n`;
}

/** What the base exports has no name of a part. */
function partNames(parts) {
  const names = [...parts].flatMap(([name, part]) => (name === "base" ? [] : [typeOf(part)]));
  return `\n/** The exports of parts. */\nexport type PartName =\n  | ${names.join("\n  | ")};\n`;
}

function typeOf({ exports }) {
  return exports.map((name) => `"${name}"`).join(" | ");
}

async function runCompiler(target, outFile) {
  const { error, stderr } = await asc.main([entries[target], "--target", target, "--outFile", outFile]);
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
  const makers = [
    "build-core.mjs",
    "encode.mjs",
    "exportsInterface.mjs",
    "foldStatics.mjs",
    "optimizeCore.mjs",
    "planOffsets.mjs",
    "splitCore.mjs",
  ].map((file) => join("scripts", file));
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
