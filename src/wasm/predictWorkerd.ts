import module from "./predict.wasm";

/** The core for predictions alone, as workerd hands it over: compiled ahead of time. */
export const source = (): WebAssembly.Module => module;
