import { readFileSync } from "node:fs";

export * from "../../src/wasm/generated/noParts.js";

/** In the place of the inlined core where the tests run on the build with assertions, whose freed memory is poisoned. */
export const source = (): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL("../../build/debug.wasm", import.meta.url)));
