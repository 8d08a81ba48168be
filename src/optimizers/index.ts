import { adam } from "./adam.js";
import type { OptimizerRule } from "./optimizerRule.js";
import { sgd } from "./sgd.js";

/** Every optimizer by its name. */
export const optimizers = { adam, sgd } as const satisfies Record<string, (options?: never) => OptimizerRule>;
