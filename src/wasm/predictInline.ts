import { decode } from "./decode.js";
import { base } from "./generated/predictCore.js";

export * from "./generated/predictCore.js";

/** The bytes of the core for predictions alone, carried in the bundle itself. */
export const source = (): Uint8Array<ArrayBuffer> => decode(base.text);
