import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** The example's own directory: where the Worker's sources, its weights and wrangler's configuration are. */
export const example = fileURLToPath(new URL("..", import.meta.url));
/** The repository, which is a project with the package in it: its own name leads to its `dist`. */
export const repository = fileURLToPath(new URL("../../..", import.meta.url));
export const weightsFile = join(example, "model.safetensors");
export const config = JSON.parse(readFileSync(join(example, "wrangler.jsonc"), "utf8"));

/**
 * The Worker's modules as wrangler would upload them: its script in one piece, resolved under the `workerd` condition, and
 * beside it each file that a rule of `wrangler.jsonc` names.
 *
 * @param directory a project that has the package
 * @returns modules for Miniflare, the script first
 */
export async function bundle(directory) {
  const files = new Map();
  const result = await build({
    entryPoints: [join(example, config.main)],
    bundle: true,
    write: false,
    minify: config.minify,
    format: "esm",
    target: "es2022",
    // Else esbuild would follow the paths of the repository's own tsconfig.json, to its sources.
    tsconfigRaw: {},
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    plugins: [packageOf(directory), ...config.rules.map((rule) => keepApart(rule, files))],
  });
  return [{ type: "ESModule", path: "worker.js", contents: result.outputFiles[0].text }, ...files.values()];
}

/** Takes the package from a project, wherever the import stands. */
function packageOf(directory) {
  return {
    name: "package",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /^recurve(\/|$)/ }, ({ path, kind, pluginData }) => {
        if (pluginData !== directory) return resolve(path, { kind, resolveDir: directory, pluginData: directory });
      });
    },
  };
}

/** Leaves the files of a rule as modules of their own. */
function keepApart({ type, globs }, files) {
  const endings = globs.map((glob) => glob.replace("**/*", ""));
  return {
    name: type,
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        if (!endings.some((ending) => path.endsWith(ending))) return undefined;
        const name = basename(path);
        files.set(name, { type, path: name, contents: readFileSync(join(resolveDir, path)) });
        return { path: `./${name}`, external: true };
      });
    },
  };
}

/** The same modules with other weights, as a deployment after another training would have them. */
export function withWeights(modules, bytes) {
  const name = basename(weightsFile);
  return modules.map((module) => (module.path === name ? { ...module, contents: bytes } : module));
}
