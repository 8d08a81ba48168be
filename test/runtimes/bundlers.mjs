import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Bundlers build the page of a program from the packed package, each as its users would: `build(directory, out, program)`, the
 * staged project, where the page goes, and the program's file. All leave index.html in `out`.
 */
export const bundlers = {
  Vite: {
    package: "vite",
    async build(directory, out, program) {
      const { build } = await import("vite");
      writePage(directory, `./${program}`);
      const options = { outDir: out, emptyOutDir: true };
      await build({ root: directory, base: "./", configFile: false, logLevel: "error", build: options });
    },
  },
  webpack: { package: "webpack", build: packed(async () => (await import("webpack")).default) },
  Rspack: { package: "@rspack/core", build: asSmall(packed(async () => (await import("@rspack/core")).rspack)) },
  esbuild: {
    package: "esbuild",
    async build(directory, out, program) {
      const { build } = await import("esbuild");
      const options = {
        bundle: true,
        minify: true,
        format: "esm",
        outfile: join(out, "bundle.js"),
        logLevel: "silent",
      };
      const { warnings } = await build({ absWorkingDir: directory, entryPoints: [program], ...options });
      if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings[0].text}`);
      writePage(out, "./bundle.js");
    },
  },
  Rollup: {
    package: "rollup",
    async build(directory, out, program) {
      const { rollup } = await import("rollup");
      const { nodeResolve } = await import("@rollup/plugin-node-resolve");
      const bundle = await rollup({
        input: join(directory, program),
        plugins: [nodeResolve({ browser: true })],
        onwarn: ({ message }) => {
          throw new Error(`Rollup warns: ${message}`);
        },
      });
      await bundle.write({ file: join(out, "bundle.js"), format: "es" });
      await bundle.close();
      writePage(out, "./bundle.js");
    },
  },
};

/** webpack and Rspack, which has its interface. */
function packed(load) {
  return async (directory, out, program) => {
    const pack = await load();
    const output = { path: out, filename: "bundle.js" };
    const options = { context: directory, entry: `./${program}`, mode: "production", performance: false, output };
    await new Promise((resolve, reject) =>
      pack(options, (error, stats) => {
        if (error || stats.hasErrors() || stats.hasWarnings()) reject(error ?? new Error(stats.toString()));
        else resolve();
      }),
    );
    writePage(out, "./bundle.js");
  };
}

/** Holds a bundle against esbuild's: Rspack's minifier, as that of Next.js, leaves out whole modules or nearly nothing. */
function asSmall(build) {
  return async (directory, out, program) => {
    await build(directory, out, program);
    const other = join(out, "esbuild");
    await bundlers.esbuild.build(directory, other, program);
    const [own, least] = [out, other].map((folder) => statSync(join(folder, "bundle.js")).size);
    if (own > 1.1 * least) throw new Error(`its bundle has ${own} bytes, that of esbuild ${least}`);
  };
}

function writePage(directory, script) {
  mkdirSync(directory, { recursive: true });
  const lines = ["<!doctype html>", '<meta charset="utf-8" />', "<title>recurve through a bundler</title>"];
  const page = [...lines, `<script type="module" src="${script}"></script>`, ""];
  writeFileSync(join(directory, "index.html"), page.join("\n"));
}

/** The version of a bundler; undefined when it is not installed. */
export function versionOfPackage(modules, name) {
  const file = join(modules, name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
