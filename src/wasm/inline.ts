import { decode } from "./decode.js";
import { text } from "./generated/wholeCore.js";

/** The core's bytes, carried in the bundle itself: nothing to fetch, no asset rule, no permission. */
export const source = (): Uint8Array<ArrayBuffer> => decode(text);
