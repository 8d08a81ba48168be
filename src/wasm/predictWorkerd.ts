import module from "./predict.wasm";

export * from "./generated/noParts.js";

/** The core for predictions alone, as workerd hands it over: compiled ahead of time. */
export const source = (): WebAssembly.Module => module;
