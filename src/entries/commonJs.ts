/**
 * `recurve` for `require`, which takes a file as a whole: it shares its facade with `recurve/core`, and brings the core in one
 * piece.
 */

import { decode } from "../wasm/decode.js";
import { text } from "../wasm/generated/uncutCore.js";
import { carry } from "../wasm/given.js";

export * from "../index.js";

carry(() => decode(text));
