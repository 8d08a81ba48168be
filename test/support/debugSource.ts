import { readFileSync } from "node:fs";
import type * as Inline from "../../src/wasm/inline.js";
import { instantiateCore } from "../../src/wasm/instantiate.js";

export * from "../../src/wasm/generated/noParts.js";

/** In the place of the inlined core where the tests run on the build with assertions, whose freed memory is poisoned. */
export const whole: typeof Inline.whole = () =>
  instantiateCore(readFileSync(new URL("../../build/debug.wasm", import.meta.url)));
