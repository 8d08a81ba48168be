import { binaryCrossEntropyWith } from "./binaryCrossEntropy.js";
import { crossEntropyWith } from "./crossEntropy.js";
import { ctc } from "./ctc.js";
import { gaussianNll } from "./gaussianNll.js";
import { huber } from "./huber.js";
import { klDivergence } from "./klDivergence.js";
import { logCosh } from "./logCosh.js";
import type { Loss } from "./loss.js";
import { meanAbsoluteError } from "./meanAbsoluteError.js";
import { meanSquaredError } from "./meanSquaredError.js";
import { mixtureDensity } from "./mixtureDensity.js";
import { poisson } from "./poisson.js";
import { quantileLoss } from "./quantileLoss.js";
import { smoothL1 } from "./smoothL1.js";

/** Every loss by its name: a value, or what makes it of its options. */
export const losses = {
  binaryCrossEntropy: binaryCrossEntropyWith,
  crossEntropy: crossEntropyWith,
  ctc,
  gaussianNll,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanSquaredError,
  mixtureDensity,
  poisson,
  quantileLoss,
  smoothL1,
} as const satisfies Record<string, Loss | ((options: never) => Loss)>;
