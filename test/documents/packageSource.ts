import type { Plugin } from "esbuild";
import { withoutWayBack } from "../../scripts/withoutWayBack.js";
import { entryText } from "../support/entryFile.js";

const ENTRY = /^(\.\/dist\/(index|predict)\.js|recurve\/predict)$/;

/** Puts the package as its sources give it in the place of a built one, which may be older. @param conditions of the runtime */
export async function packageFromSource(...conditions: string[]): Promise<Plugin> {
  const texts = new Map([
    ["index", await entryText("index", conditions)],
    ["predict", await entryText("predict", ["predict", ...conditions], [withoutWayBack])],
  ]);
  return {
    name: "package-from-source",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.(wasm|safetensors)$|^cloudflare:/ }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: ENTRY }, ({ path }) => ({
        path: path.includes("index") ? "index" : "predict",
        namespace: "package",
        sideEffects: false,
      }));
      onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({ contents: texts.get(path) ?? "", loader: "js" }));
    },
  };
}
