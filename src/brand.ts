import { ArgumentError, StateError } from "./errors.js";
import { describe, KIND } from "./shape.js";

/** Marks what this copy of the library made, so that others can tell what it is. @returns it */
export function branded<Made extends object>(kind: string, made: Made): Made {
  return Object.defineProperty(made, KIND, { value: kind });
}

/**
 * The refusal of what this copy did not make: another copy did, which has memory, kernels and secrets of its own, or nobody.
 * @param wanted what is, for the message
 */
export function stranger(kind: string, given: unknown, wanted: string): StateError | ArgumentError {
  if (Object(given)[KIND] !== kind) return new ArgumentError(`${wanted}, received ${describe(given)}.`);
  return new StateError(
    `this ${kind} was made by another copy of recurve (ESM beside CommonJS, or recurve beside recurve/predict?). Load one copy only; saved bytes pass between copies.`,
  );
}
