/**
 * All of `recurve` without the core inside, for programs that bring `recurve/core.wasm` themselves: nothing is compiled before
 * {@link useCore} was called.
 *
 * @module recurve/core
 */

export * from "./index.js";
export { useCore } from "./wasm/given.js";
export type { CoreSource } from "./wasm/instantiate.js";
