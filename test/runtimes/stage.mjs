import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");

/** The package's entries, and the files through which a module reaches them where nothing resolves names. */
const entries = { recurve: "recurve.mjs", "recurve/predict": "recurvePredict.mjs", "recurve/url": "recurveUrl.mjs" };

/**
 * Lays out a project that a user could have: the packed package installed by npm, the programs beside it.
 * @returns its directory, `workerdFile` of an entry, and the hashes that the program declares
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
  nameByPath(directory);
  const { expected } = await import("./programs/conformance.mjs");
  return { directory, expected, workerdFile: (entry) => resolveEntry(directory, entry, ["--conditions=workerd"]) };
}

/** What the first environment goes on with: left by the staged package in this process. */
export async function begin({ directory }) {
  const [recurve, { handOver }] = await Promise.all(
    ["recurve.mjs", "stream.mjs"].map((name) => import(pathToFileURL(join(directory, name)))),
  );
  return handOver(recurve);
}

/** Leaves what the environment before left where a program started from the command line finds it. */
export function handOn({ directory }, given) {
  writeFileSync(join(directory, "given.mjs"), `export const given = ${JSON.stringify(given)};\n`);
}

/** Where nothing resolves names, the package is reached by paths: in modules of their own, and in the pages' import maps. */
function nameByPath(directory) {
  const paths = Object.keys(entries).map((entry) => [entry, `./${resolveEntry(directory, entry)}`]);
  for (const [entry, path] of paths) writeFileSync(join(directory, entries[entry]), `export * from "${path}";\n`);
  const imports = JSON.stringify(Object.fromEntries(paths));
  for (const page of readdirSync(directory).filter((name) => name.endsWith(".html"))) {
    const file = join(directory, page);
    writeFileSync(file, readFileSync(file, "utf8").replace('"IMPORTS"', imports));
  }
}

/** The path, from the project's directory, that importing an entry leads to under the given conditions. */
function resolveEntry(directory, entry, conditions = []) {
  const script = `console.log(import.meta.resolve("${entry}"))`;
  const words = [...conditions, "--input-type=module", "--eval", script];
  const url = execFileSync(process.execPath, words, { cwd: directory, encoding: "utf8" }).trim();
  return fileURLToPath(url).slice(directory.length + 1);
}
