import module from "./core.wasm";

export * from "./generated/noParts.js";

/** The core as workerd hands it over: compiled ahead of time, since bytes may not be compiled at run time there. */
export const source = (): WebAssembly.Module => module;
