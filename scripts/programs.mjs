import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Programs of users, by the entry that they import and what they take: for the size limits, and for what the documents say of sizes. */
export const programs = {
  training: ["recurve", "{ adam, dense, fit, lstm, meanSquaredError, Model }"],
  everything: ["recurve", "*"],
  predict: ["recurve/predict", "*"],
  load: ["recurve/predict", "{ loadModel }"],
  layer: ["recurve", "{ Model, sequential, lstm }"],
  predictLayer: ["recurve/predict", "{ Model, sequential, lstm }"],
};

/** Those that only predict, by the name that comparisons give them. */
export const ownPrograms = { recurve: "layer", "recurve/predict": "predictLayer" };

/** A program with what it uses of the built package, minified. @param plugins may bring the package from elsewhere */
export async function bundleOf(name, plugins = []) {
  const [entry, names] = programs[name];
  const { outputFiles } = await build({
    stdin: { contents: `export ${names} from "${entry}";`, resolveDir: root },
    ...{
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      tsconfigRaw: {},
    },
    logLevel: "warning",
    plugins,
  });
  return outputFiles[0].contents;
}

/** Bytes after gzip -9. */
export async function bundleSize(name, plugins) {
  return gzipSize(await bundleOf(name, plugins));
}

export function gzipSize(bytes) {
  return gzipSync(bytes, { level: 9 }).length;
}
