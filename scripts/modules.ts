import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { published } from "./published.js";

/**
 * Writes what an entry is made of, each module as a file of its own, for programs' bundlers: those whose minifier leaves out
 * functions that nothing calls, but no two that refer to each other (SWC, in Next.js and Rspack), still leave out whole modules.
 *
 * @param entry a file in src/
 * @param folder where its modules go, in the folders that they have in src/
 */
export async function writeModules(entry: string, folder: string, options: BuildOptions): Promise<void> {
  const files = await modulesOf(entry, options);
  const { outputFiles } = await build({
    ...options,
    ...{ entryPoints: files, outbase: ".", outdir: ".", bundle: true, write: false, format: "esm" },
    plugins: [apart(files, folder), ...(options.plugins ?? [])],
  });
  for (const { path, text } of outputFiles) {
    const file = join(folder, placeOf(relative(".", path)));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, published(text, file));
  }
}

/** All files that an entry needs, from the project's folder. */
async function modulesOf(entry: string, options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({ ...options, entryPoints: [entry], bundle: true, write: false, metafile: true });
  return Object.keys(metafile.inputs);
}

/** The place of a module in its folder: that in src/, or its package's name. */
function placeOf(file: string): string {
  const own = file.split(sep).join("/").replace(/\.ts$/, ".js");
  return own.startsWith("src/") ? own.slice(4) : `${/node_modules\/(?:@[^/]+\/)?([^/]+)/.exec(own)?.[1]}.js`;
}

/** Leaves imports as they are, of the places where the modules will lie. */
function apart(files: readonly string[], folder: string): Plugin {
  const places = new Map(files.map((file) => [resolve(file), join(folder, placeOf(file))]));
  return {
    name: "apart",
    setup: ({ onResolve, resolve: find }) =>
      onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind === "entry-point" || pluginData === apart) return undefined;
        const found = await find(path, { kind, importer, resolveDir, pluginData: apart });
        const [from, to] = [places.get(importer), places.get(found.path)];
        if (from === undefined || to === undefined) return { errors: [{ text: `${path} is no module of the entry` }] };
        const way = relative(dirname(from), to).split(sep).join("/");
        return { path: way.startsWith(".") ? way : `./${way}`, external: true, sideEffects: false };
      }),
  };
}
