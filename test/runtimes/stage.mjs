import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");

/**
 * Lays out a project that a user could have: the packed package installed by npm, the programs beside it.
 * @returns its directory, the file each export condition leads to, and the hash the program declares
 */
export async function stageProgram() {
  const directory = join(root, "build", "runtimes");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), '{ "name": "program", "private": true, "type": "module" }\n');
  cpSync(join(here, "programs"), directory, { recursive: true });
  const tarball = join(root, "build", "recurve.tgz");
  const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  execFileSync("npm", ["install", ...flags, tarball], { cwd: directory, stdio: ["ignore", "ignore", "inherit"] });
  const { expected } = await import("./programs/conformance.mjs");
  return {
    directory,
    expected,
    module: resolvePackage(directory, []),
    workerdModule: resolvePackage(directory, ["--conditions=workerd"]),
  };
}

/** The path, from the project's directory, that `import "recurve"` leads to under the given conditions. */
function resolvePackage(directory, conditions) {
  const script = 'console.log(import.meta.resolve("recurve"))';
  const words = [...conditions, "--input-type=module", "--eval", script];
  const url = execFileSync(process.execPath, words, { cwd: directory, encoding: "utf8" }).trim();
  return fileURLToPath(url).slice(directory.length + 1);
}
