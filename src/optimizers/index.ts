import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamax } from "./adamax.js";
import { adamW } from "./adamW.js";
import { lion } from "./lion.js";
import { nadam } from "./nadam.js";
import type { OptimizerRule } from "./optimizerRule.js";
import { radam } from "./radam.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

/** Every optimizer by its name. */
export const optimizers = {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  lion,
  nadam,
  radam,
  rmsprop,
  sgd,
} as const satisfies Record<string, (options?: never) => OptimizerRule>;
