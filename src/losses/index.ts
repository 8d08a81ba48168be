import { crossEntropy } from "./crossEntropy.js";
import type { Loss } from "./loss.js";
import { meanSquaredError } from "./meanSquaredError.js";

/** Every loss by its name. */
export const losses = { crossEntropy, meanSquaredError } as const satisfies Record<string, Loss>;
