import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { lastLine, runProgram } from "./processes.mjs";
import { handOn } from "./stage.mjs";
import { runInWorkerd } from "./workerd.mjs";

export const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

/** A binary from the npm registry, taken from the platform's own package: its wrapper would need install scripts. */
function packaged(x64, arm64, binary) {
  return join(modules, process.arch === "arm64" ? arm64 : x64, "bin", binary);
}

const node = (major) => packaged(`node-${major}-x64`, `node-${major}-arm64`, "node");
const deno = join(modules, process.arch === "arm64" ? "@deno/linux-arm64-glibc" : "@deno/linux-x64-glibc", "deno");
const bun = packaged("@oven/bun-linux-x64", "@oven/bun-linux-aarch64", "bun");
const workerd = packaged("@cloudflare/workerd-linux-64", "@cloudflare/workerd-linux-arm64", "workerd");

/** A runtime started as `binary …words` in the staged project; the last line that it prints is its result as JSON. */
function commandLine(name, binary, words, part) {
  return {
    name,
    part,
    needs: binary,
    version: () => versionOf(binary),
    run: async (stage, given) => {
      handOn(stage, given);
      return JSON.parse(lastLine(await runProgram(binary, words, stage.directory)));
    },
  };
}

/** A Worker that imports an entry of the package. */
function worker(name, use, part) {
  const run = (stage, given) => runInWorkerd(workerd, use, stage, given);
  return { name, part, needs: workerd, version: () => versionOf(workerd), run };
}

const inRealm = ["--experimental-vm-modules", "--no-warnings", "realm.mjs"];
const onEdge = ["--conditions=edge-light", "--import=./edgeLight.mjs"];
const inDeno = ["run", "--allow-read", "--no-lock", "--node-modules-dir=manual"];

/**
 * Runtimes without a page, and a realm without a host. `part` is what of the program they run: the whole of it where nothing
 * is said, `answers` with the entry that only predicts, `none` where something else is tried.
 */
export const runtimes = [
  ...[20, 22, 24, 26].map((major) => commandLine(`Node ${major}`, node(major), ["main.mjs"])),
  commandLine("Deno", deno, [...inDeno, "main.mjs"]),
  commandLine("Bun", bun, ["run", "main.mjs"]),
  worker("workerd", { program: "worker.mjs", entry: "recurve", core: "core.wasm" }),
  commandLine("bare realm", process.execPath, [...inRealm, "recurve.mjs", "conformance"]),
  commandLine("core, Node 24", node(24), ["mainCore.mjs"]),
  commandLine("require, Node 20", node(20), ["main.cjs", "recurve"]),
  commandLine("core, require, Node 24", node(24), ["main.cjs", "recurve/core"]),
  commandLine("edge-light, Node 24", node(24), [...onEdge, "main.mjs"]),
  commandLine("predict, Node 24", node(24), ["mainPredict.mjs"], "answers"),
  commandLine("predict, Deno", deno, [...inDeno, "mainPredict.mjs"], "answers"),
  worker(
    "predict, workerd",
    { program: "workerPredict.mjs", entry: "recurve/predict", core: "predict.wasm" },
    "answers",
  ),
  commandLine("predict, require, Node 20", node(20), ["main.cjs", "recurve/predict"], "answers"),
  commandLine("predict, edge-light, Node 24", node(24), [...onEdge, "mainPredict.mjs"], "answers"),
  commandLine("predict, bare realm", process.execPath, [...inRealm, "recurvePredict.mjs", "prediction"], "answers"),
];

/** The first thing that looks like a version in what the binary says of itself. */
export function versionOf(binary) {
  const text = execFileSync(binary, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /\d+[.-]\d+[\w.-]*/.exec(text)?.[0] ?? text.trim();
}
