import type { Interior } from "../models/interior.js";
import { floats } from "../wasm/memory.js";

/** Lets an act fill the model's gradients from 0, and brings back those that were there, however it ends. */
export function untouchedGradients<Result>({ parameters }: Interior, act: () => Result): Result {
  const start = parameters.gradients >> 2;
  const kept = floats.slice(start, start + parameters.length);
  parameters.clearGradients();
  try {
    return act();
  } finally {
    floats.set(kept, start);
  }
}
