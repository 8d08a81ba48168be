import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInBrowser } from "./browsers.mjs";
import { lastLine, runProgram } from "./processes.mjs";
import { runInWorkerd } from "./workerd.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");

/** A binary from the npm registry, taken from the platform's own package: its wrapper would need install scripts. */
function packaged(x64, arm64, binary) {
  return join(modules, process.arch === "arm64" ? arm64 : x64, "bin", binary);
}

const node = (major) => packaged(`node-${major}-x64`, `node-${major}-arm64`, "node");
const deno = join(modules, process.arch === "arm64" ? "@deno/linux-arm64-glibc" : "@deno/linux-x64-glibc", "deno");
const bun = packaged("@oven/bun-linux-x64", "@oven/bun-linux-aarch64", "bun");
const workerd = packaged("@cloudflare/workerd-linux-64", "@cloudflare/workerd-linux-arm64", "workerd");

/** A runtime started as `binary …words main.mjs` that prints its result as JSON. */
function commandLine(name, binary, words = []) {
  return {
    name,
    binary,
    version: () => versionOf(binary),
    run: async ({ directory }) => JSON.parse(lastLine(await runProgram(binary, [...words, "main.mjs"], directory))),
  };
}

function browser(name, binary, debianPackage, kind) {
  return {
    name,
    binary,
    debianPackage,
    version: () => versionOf(binary),
    run: (stage) => runInBrowser(binary, kind, stage),
  };
}

/** Every runtime: its name, its binary, its version, and a run that gives `{ hash, parts }`. */
export const runtimes = [
  commandLine("Node 20", node(20)),
  commandLine("Node 24", node(24)),
  commandLine("Node 26", node(26)),
  commandLine("Deno", deno, ["run", "--allow-read", "--no-lock", "--node-modules-dir=manual"]),
  commandLine("Bun", bun, ["run"]),
  browser("Chromium", "/usr/bin/chromium", "chromium", "chromium"),
  browser("Firefox", "/usr/bin/firefox-esr", "firefox-esr", "firefox"),
  { name: "workerd", binary: workerd, version: () => versionOf(workerd), run: (stage) => runInWorkerd(workerd, stage) },
];

/** Fetches what is missing: binaries from the npm registry, browsers as Debian packages. */
export function installRuntimes(chosen) {
  const missing = chosen.filter(({ binary }) => !existsSync(binary));
  if (missing.some(({ debianPackage }) => debianPackage === undefined)) {
    run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], here);
  }
  const packages = missing.flatMap(({ debianPackage }) => debianPackage ?? []);
  if (packages.length === 0) return;
  run("apt-get", ["update", "-qq"], here);
  run("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...packages], here);
}

/** Output goes to standard error: standard output is the table's. */
function run(command, words, cwd) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  execFileSync(command, words, { cwd, env, stdio: ["ignore", 2, 2] });
}

/** The first thing that looks like a version in what the binary says of itself. */
function versionOf(binary) {
  const text = execFileSync(binary, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return /\d+[.-]\d+[\w.-]*/.exec(text)?.[0] ?? text.trim();
}
