import { decodeHex } from "./decode.js";
import { hex } from "./generated/hex.js";

/** The core's bytes, carried in the bundle itself: nothing to fetch, no asset rule, no permission. */
export const source = (): Uint8Array<ArrayBuffer> => decodeHex(hex);
