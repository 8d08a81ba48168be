import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

/** What every build shares: one file without a runtime dependency, for no platform in particular. */
const shared: Options = {
  outDir: "dist",
  target: "es2022",
  platform: "neutral",
  splitting: false,
  removeNodeProtocol: false,
  noExternal: ["@assemblyscript/loader"],
  inject: ["src/wasm/textDecoder.ts"],
};

/** The core stays a file beside the bundle, for runtimes that compile modules ahead of time. */
function withModule(condition: string): Options {
  return {
    ...shared,
    entry: { [`index.${condition}`]: "src/index.ts" },
    format: ["esm"],
    esbuildOptions: (options) => {
      options.conditions = [condition];
    },
    esbuildPlugins: [
      {
        name: "core-stays-a-file",
        setup: (build) =>
          build.onResolve({ filter: /core\.wasm(\?module)?$/ }, ({ path }) => ({ path, external: true })),
      },
    ],
  };
}

export default defineConfig(() => {
  rmSync("dist", { recursive: true, force: true });
  mkdirSync("dist");
  copyFileSync("build/release.wasm", "dist/core.wasm");
  writeFileSync("dist/core.wasm.d.ts", "declare const module: WebAssembly.Module;\nexport default module;\n");
  return [
    { ...shared, entry: { index: "src/index.ts" }, format: ["esm", "cjs"], dts: true },
    withModule("workerd"),
    withModule("edge-light"),
  ];
});
