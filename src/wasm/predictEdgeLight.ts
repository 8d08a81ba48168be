import module from "./predict.wasm?module";

export * from "./generated/noParts.js";

/** The core for predictions alone, as edge runtimes hand it over: compiled ahead of time. */
export const source = (): WebAssembly.Module => module;
