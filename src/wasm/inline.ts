import { decode } from "./decode.js";
import { base } from "./generated/wholeCore.js";

export * from "./generated/wholeCore.js";

/** The core's bytes, carried in the bundle itself: nothing to fetch, no asset rule, no permission. */
export const source = (): Uint8Array<ArrayBuffer> => decode(base.text);
