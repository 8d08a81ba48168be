import { pow } from "../tensor/float64.js";

/**
 * β₁ᵗ for the bias correction of an update: the running product, or where a schedule moves β₁ the power of its present
 * value, as PyTorch has it.
 * @param before the same of the update before
 * @param moved what a schedule says β₁ is, if one does
 */
export function memoryPower(before: number | undefined, beta1: number, moved: number | undefined, update: number) {
  return moved === undefined ? (before as number) * beta1 : pow(moved, update);
}
