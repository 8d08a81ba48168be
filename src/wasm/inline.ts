import { decode } from "./decode.js";
import type { CoreExports } from "./generated/exports.js";
import { base } from "./generated/wholeCore.js";
import { instantiateCore } from "./instantiate.js";

export * from "./generated/wholeCore.js";

/** The core, whose bytes the bundle itself carries: nothing to fetch, no asset rule, no permission. */
export const whole = (): CoreExports => instantiateCore(decode(base.text));
