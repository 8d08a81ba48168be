import { source } from "#wasm";
import type { CoreExports } from "./generated/exports.js";
import { instantiateCore } from "./instantiate.js";

let instance: CoreExports | undefined;

/** The one core of this realm: compiled and instantiated by the first call, the same object ever after. */
export function core(): CoreExports {
  instance ??= instantiateCore(source());
  return instance;
}
