import type { Plugin } from "esbuild";
import { withoutWayBack } from "../../scripts/withoutWayBack.js";
import { entryText } from "../support/entryFile.js";

const ENTRY = /^recurve(\/predict)?$/;

/** Entries as text: with the core inside, and as workerd has them, beside a core that they bring. */
const inside = async () => [await entryText("index", []), await entryText("predict", ["predict"], [withoutWayBack])];
const beside = async () => [
  await entryText("entries/workerd", ["given"]),
  await entryText("entries/predictWorkerd", ["given"], [withoutWayBack]),
];

/** Puts the package as its sources give it in the place of a built one, which may be older. */
export async function packageFromSource(isForWorkerd = false): Promise<Plugin> {
  const [index, predict] = await (isForWorkerd ? beside() : inside());
  const texts = new Map([
    ["index", index],
    ["predict", predict],
  ]);
  return {
    name: "package-from-source",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\.(wasm|safetensors)$|^cloudflare:/ }, ({ path }) => ({ path, external: true }));
      onResolve({ filter: ENTRY }, ({ path }) => ({
        path: path === "recurve" ? "index" : "predict",
        namespace: "package",
        // An entry that brings its core says so when it is imported.
        sideEffects: isForWorkerd,
      }));
      onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({ contents: texts.get(path) ?? "", loader: "js" }));
    },
  };
}
