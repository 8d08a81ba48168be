/** Bundles what users would import from the built package, minified, into build/bundles/ for the size limits. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const bundles = {
  training: 'export { adam, dense, fit, lstm, meanSquaredError, Model } from "./dist/index.js";',
  everything: 'export * from "./dist/index.js";',
  predict: 'export * from "./dist/predict.js";',
  load: 'export { loadModel } from "./dist/predict.js";',
};

for (const [name, contents] of Object.entries(bundles)) {
  await build({
    stdin: { contents, resolveDir: root },
    outfile: join(root, "build", "bundles", `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "warning",
  });
}
