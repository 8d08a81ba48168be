import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { withoutRuntime } from "../../scripts/withoutRuntime.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What lies below a folder of this name is imported by Node itself, untouched by the test runner. */
const directory = join(root, "build", "entries", "node_modules");

/** An entry of the package, bundled as for publication. @returns its text */
export async function entryText(name: string, conditions: string[], plugins: Plugin[] = []): Promise<string> {
  const { outputFiles = [] } = await build({ ...options(name, conditions, plugins), write: false });
  return outputFiles[0]?.text ?? "";
}

/**
 * The same as a file, and a function that imports it: every call gives a copy of the library of its own.
 * @param Entry what the entry exports, as its source declares it
 */
export async function entryFile<Entry>(name: string, conditions: string[], plugins: Plugin[] = []) {
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, `${basename(name)}-${process.pid}.mjs`);
  await build({ ...options(name, conditions, plugins), outfile });
  const { href } = pathToFileURL(outfile);
  let count = 0;
  // A query makes another module of the same file.
  const another = (): Promise<Entry> => import(/* @vite-ignore */ `${href}?${count++}`);
  return { url: href, another, remove: () => rmSync(outfile) };
}

function options(name: string, conditions: string[], plugins: Plugin[]): BuildOptions {
  return {
    entryPoints: [join(root, "src", `${name}.ts`)],
    absWorkingDir: root,
    conditions,
    plugins: [...plugins, withoutRuntime],
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    minifySyntax: plugins.length > 0,
    external: ["*.wasm"],
    logLevel: "silent",
  };
}
