import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig, type Options } from "tsup";
import { writeModules } from "./scripts/modules.js";
import { asCommonJs, asPublished } from "./scripts/published.js";
import { withoutRuntime } from "./scripts/withoutRuntime.js";
import { withoutWayBack } from "./scripts/withoutWayBack.js";

/** What every build shares: one file without a runtime dependency, for no platform in particular. */
const shared: Options = {
  outDir: "dist",
  target: "es2022",
  platform: "neutral",
  splitting: false,
  removeNodeProtocol: false,
  noExternal: ["@assemblyscript/loader"],
};

type Plugins = NonNullable<Options["esbuildPlugins"]>;

/** The core stays a file beside the bundle, for runtimes that compile modules ahead of time. */
const coreStaysAFile: Plugins[number] = {
  name: "core-stays-a-file",
  setup: (build) =>
    build.onResolve({ filter: /\.wasm(\?module)?$/ }, ({ path }) => ({
      path: `./${basename(path)}`,
      external: true,
    })),
};

/** Entries of the package. The conditions choose the core behind `#wasm`; plugins change what is bundled. */
function file(
  entry: Record<string, string>,
  conditions: string[],
  { format = ["esm"], plugins = [] }: { format?: ("esm" | "cjs")[]; plugins?: Plugins } = {},
): Options {
  return {
    ...shared,
    entry,
    format,
    // What several entries are made of is a file that they share.
    splitting: Object.keys(entry).length > 1,
    plugins: [asPublished],
    esbuildPlugins: [...plugins, withoutRuntime as Plugins[number], coreStaysAFile],
    esbuildOptions: (options) => {
      options.conditions = conditions;
      // Branches that a plugin has closed fall away here, and with them what only they use.
      options.minifySyntax = plugins.length > 0;
      // Not the white space: with it esbuild takes the marks away that let a program's bundler leave out what is not used.
    },
  };
}

/** Entries whose modules become CommonJS files. */
function commonJs(entry: Record<string, string>, conditions: string[]): Options {
  const built = file(entry, conditions);
  return { ...built, outExtension: () => ({ js: ".cjs" }), plugins: [asCommonJs, ...(built.plugins ?? [])] };
}

const both = ["esm", "cjs"] as ("esm" | "cjs")[];
const plugins = [withoutWayBack] as Plugins;

/** The modules of an entry one by one, for bundlers. */
async function modules(name: string, conditions: string[], own: Plugins = []): Promise<void> {
  await writeModules(`src/${name}.ts`, `dist/modules/${name}`, {
    ...{ target: "es2022", platform: "neutral", conditions, minifySyntax: own.length > 0 },
    plugins: [...own, withoutRuntime],
  });
}

export default defineConfig(async () => {
  rmSync("dist", { recursive: true, force: true });
  mkdirSync("dist");
  for (const [built, name] of [
    ["release", "core"],
    ["predict", "predict"],
  ]) {
    copyFileSync(`build/${built}.wasm`, `dist/${name}.wasm`);
    writeFileSync(`dist/${name}.wasm.d.ts`, "declare const module: WebAssembly.Module;\nexport default module;\n");
  }
  await modules("index", []);
  await modules("predict", ["predict"], plugins);
  const entry = { index: "src/index.ts", predict: "src/predict.ts", core: "src/core.ts", url: "src/url.ts" };
  const onEdge = { "index.workerd": "src/entries/workerd.ts", "index.edge-light": "src/entries/edgeLight.ts" };
  const predictOnEdge = {
    "predict.workerd": "src/entries/predictWorkerd.ts",
    "predict.edge-light": "src/entries/predictEdgeLight.ts",
  };
  return [
    // The declarations in one go: a model of one entry has the type of a model of another.
    // Disposal is named in them, which the libraries of a program's own compiler options may not know.
    { ...shared, entry, format: both, dts: { only: true, banner: `/// <reference lib="esnext.disposable" />` } },
    file({ index: "src/index.ts" }, []),
    file({ predict: "src/predict.ts" }, ["predict"], { format: both, plugins }),
    // A facade without the core inside is one file, and a small one for each place where the core comes from.
    file({ core: "src/core.ts", url: "src/url.ts", ...onEdge }, ["given"]),
    file(predictOnEdge, ["given"], { plugins }),
    commonJs({ core: "src/core.ts", index: "src/entries/commonJs.ts" }, ["given"]),
  ];
});
