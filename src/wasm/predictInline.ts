import { decode } from "./decode.js";
import { text } from "./generated/predictCore.js";

/** The bytes of the core for predictions alone, carried in the bundle itself. */
export const source = (): Uint8Array<ArrayBuffer> => decode(text);
