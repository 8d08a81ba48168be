import { decode } from "./decode.js";
import type { CoreExports } from "./generated/exports.js";
import { base } from "./generated/predictCore.js";
import { instantiateCore } from "./instantiate.js";

export * from "./generated/predictCore.js";

/** The core for predictions alone, whose bytes the bundle itself carries. */
export const whole = (): CoreExports => instantiateCore(decode(base.text));
