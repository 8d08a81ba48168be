import { ArgumentError } from "./errors.js";

/** Whole numbers above this are taken for a mistake: 2²⁴, up to which float32 holds every one. */
const maxInteger = 0x100_0000;

/** Sizes along each axis, outermost first. */
export type Shape = readonly number[];

/** The largest finite float32: beyond it a number would be infinite to the core. */
export const MOST_FLOAT32 = 3.4028234663852886e38;

/** The mark of what the library made, which every copy of it knows: it holds the kind, as `"layer"` or `"loss"`. */
export const KIND: unique symbol = /* @__PURE__ */ Symbol.for("recurve.v1");

/** Number of elements of a shape; 1 for a scalar. */
export function elements(shape: Shape): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** A shape as people read it: `[32, 8]`. */
export function show(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/**
 * A whole number within bounds, or an error that names its owner.
 * @throws ArgumentError when it is not one
 */
export function requireInteger(owner: string, value: unknown, least = 1, most = maxInteger): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    const isTooLarge = typeof value === "number" && value > most;
    const range = most === maxInteger && !isTooLarge ? `of ${least} or more` : `from ${least} to ${most}`;
    throw new ArgumentError(`${owner} must be a whole number ${range}, received ${describe(value)}.`);
  }
  return value;
}

/**
 * A finite number within bounds (both included), or an error that names its owner.
 * @throws ArgumentError when it is not one
 */
export function requireNumber(owner: string, value: unknown, least = -Infinity, most = Infinity): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < least || value > most) {
    const isOpen = most >= MOST_FLOAT32;
    const range =
      isOpen && least <= -MOST_FLOAT32
        ? "a finite number"
        : isOpen
          ? `a number ${least === Number.MIN_VALUE ? "above 0" : `of ${least} or more`}`
          : `a number between ${least} and ${most}`;
    throw new ArgumentError(`${owner} must be ${range}, received ${describe(value)}.`);
  }
  return value;
}

/**
 * A share from 0 to below 1, or an error that names its owner.
 * @param why 1 cannot be
 * @throws ArgumentError when it is not one
 */
export function requireBelowOne(owner: string, value: unknown, why: string): number {
  if (value === 1) throw new ArgumentError(`${owner} must be below 1, received 1: ${why}.`);
  return requireNumber(owner, value, 0, 1);
}

/** A share that is dropped, in [0, 1). @throws ArgumentError when it is none */
export function requireRate(owner: string, rate: number): number {
  if (typeof rate === "number" && rate > 1 && rate <= 100) {
    throw new ArgumentError(`${owner} must be between 0 and 1, received ${rate}. Did you mean ${rate / 100}?`);
  }
  return requireBelowOne(owner, rate, "nothing would be left");
}

/**
 * One of some words or values, or an error that names its owner.
 * @throws ArgumentError when it is none of them
 */
export function requireOneOf<const Known>(owner: string, value: unknown, known: readonly Known[]): Known {
  if (known.includes(value as Known)) return value as Known;
  throw new ArgumentError(`${owner} must be one of ${known.map(describe).join(", ")}, received ${describe(value)}.`);
}

/**
 * True or false, or an error that names its owner.
 * @throws ArgumentError when it is neither
 */
export function requireFlag(owner: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new ArgumentError(`${owner} must be true or false, received ${describe(value)}.`);
}

/**
 * Refuses option names that nobody reads, so that a misspelt one is not silently ignored.
 * @throws ArgumentError naming the unknown option and those there are, or when the options are no object
 */
export function requireKnownOptions(
  owner: string,
  options: unknown,
  known: readonly string[],
): asserts options is object {
  if (typeof options !== "object" || options === null || Array.isArray(options) || KIND in options) {
    const such = `{ ${known[0]}: … }`;
    throw new ArgumentError(`${owner} wants its options as an object, ${such}, received ${describe(options)}.`);
  }
  // Letters alone, as `batch_size`, `lookBack` and `epoch` have them.
  const letters = (word: string) => word.toLowerCase().replace(/[^a-z]|s$/g, "");
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = known.find((one) => letters(one) === letters(name));
    const cure = near === undefined ? "" : ` Did you mean "${near}"?`;
    throw new ArgumentError(`${owner} knows no option "${name}".${cure} Its options are ${known.join(", ")}.`);
  }
}

/** A short description of any value, for messages: the beginning of a text, the name of a function or a class. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.replace(/^(.{60}).+/s, "$1…"));
  if (typeof value === "function") return `a function${value.name && ` (${value.name})`}`;
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (KIND in value) return `a recurve ${value[KIND]}`;
  const name = value.constructor?.name ?? "Object";
  if (ArrayBuffer.isView(value)) return `a ${name}`;
  const of = name === "Object" ? "" : ` of class ${name}`;
  return `an object${of} with ${Object.keys(value).join(", ") || "no fields"}`;
}
