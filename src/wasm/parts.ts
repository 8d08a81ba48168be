/** The parts of the core, by the names of their files in `assembly/`. */
export * from "#wasm";
