/** What an edge platform's bundler does with `import module from "./core.wasm?module"`: it gives the compiled module. */
import { registerHooks } from "node:module";

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(".wasm?module")) return next(url, context);
    const source = `import { readFileSync } from "node:fs";
export default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(url.replace("?module", ""))})));`;
    return { format: "module", source, shortCircuit: true };
  },
});
