import { instantiateSync } from "@assemblyscript/loader";
import type { CoreExports } from "./generated/exports.js";

/**
 * What a core can be made from: its bytes, or the module a runtime compiled ahead of time: a `WebAssembly.Module` where the
 * compiler has heard of such, which it has not with Node's types alone.
 */
export type CoreSource =
  | ArrayBuffer
  | ArrayBufferView
  | (typeof globalThis extends Record<"WebAssembly", Record<"Module", Record<"prototype", infer Module>>>
      ? Module
      : object);

/**
 * A new instance of the core, or of a part of it, compiled synchronously.
 * A failed assertion inside it (debug build) is an Error with the assertion's message, file, line and column.
 * @param base the core whose memory and table a part joins; left out for a core, which has its own
 */
export function instantiateCore(source: CoreSource, base?: CoreExports): CoreExports {
  const imports = base && { base: base as unknown as Record<string, unknown> };
  // The plain exports, not the loader's wrappers around them: a call through a wrapper takes twice the time.
  return instantiateSync(source, imports).instance.exports as unknown as CoreExports;
}
