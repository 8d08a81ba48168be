import module from "./core.wasm?module";

export * from "./generated/noParts.js";

/** The core as edge runtimes hand it over: compiled ahead of time, since bytes may not be compiled at run time there. */
export const source = (): WebAssembly.Module => module;
