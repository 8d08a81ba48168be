import { ArgumentError } from "../errors.js";
import { describe, requireInteger, requireKnownOptions, requireNumber, requireOneOf } from "../shape.js";
import { exampleOrder } from "./batches.js";
import { Dataset } from "./dataset.js";

/** How examples are split. */
export interface SplitOptions {
  /** Share of the examples that tell when to stop; default 0.1. */
  readonly validation?: number;
  /** Share of the examples that are looked at once, at the end; default 0.1. */
  readonly test?: number;
  /**
   * `"time"` (default) keeps the order: training comes first, the test last, as it must be where examples follow each other.
   * `"shuffled"` draws them, for examples that know nothing of each other.
   */
  readonly order?: "time" | "shuffled";
  /** Seed of `"shuffled"`; default 1. */
  readonly seed?: number;
  /** Examples left out between the parts in the order of time: windows of k steps overlap their next k; default 0. */
  readonly gap?: number;
}

/** Examples in three parts. */
export interface Split<Examples> {
  /** The earliest examples, or in a shuffled order those drawn for neither of the others. */
  readonly train: Examples;
  /** Those after the training examples: for early stopping and choices. */
  readonly validation: Examples;
  /** The last examples: for the one measurement at the end. */
  readonly test: Examples;
}

/**
 * Examples for training, validation and test. Shares are rounded to whole examples; a share above 0 gives one at least.
 *
 * @param examples a list of anything, or a dataset as `windows` gives it (in the order of time only)
 * @example
 * const { train, validation, test } = split(windows(series, { window: 24 }), { validation: 0.2, gap: 24 });
 * const names = split(unique(people, ({ name }) => name), { order: "shuffled", validation: 0, seed: 7 });
 * @throws ArgumentError when an option is unknown or out of range, or there are too few examples
 */
export function split(examples: Dataset, options?: SplitOptions): Split<Dataset>;
export function split<Example>(examples: readonly Example[], options?: SplitOptions): Split<Example[]>;
export function split<Example>(
  examples: readonly Example[] | Dataset,
  options: SplitOptions = {},
): Split<Example[] | Dataset> {
  requireKnownOptions("split", options, ["validation", "test", "order", "seed", "gap"]);
  const { order = "time" } = options;
  requireOneOf("order of split", order, ["time", "shuffled"]);
  if (order === "time" && options.seed !== undefined)
    throw new ArgumentError('split in the order of time draws nothing: leave out seed, or say { order: "shuffled" }.');
  if (order === "shuffled" && options.gap !== undefined)
    throw new ArgumentError("gap of split keeps apart what follows in time: leave it out of a shuffled split.");
  if (examples instanceof Dataset) {
    if (order === "shuffled")
      throw new ArgumentError("split shuffles lists only. Split the list of examples before making data of it.");
    return inParts(examples.count, options, (from, to) => examples.slice(from, to));
  }
  if (!Array.isArray(examples))
    throw new ArgumentError(
      `split wants a list of examples or what windows gives, received ${describe(examples)}. Split the list before making data of it.`,
    );
  const found = order === "time" ? examples : shuffled(examples, options.seed);
  return inParts(found.length, options, (from, to) => found.slice(from, to));
}

function shuffled<Example>(examples: readonly Example[], seed: number | undefined): Example[] {
  const order = exampleOrder(examples.length, { shuffle: true, ...(seed === undefined ? {} : { seed }) });
  return Array.from(order, (index) => examples[index] as Example);
}

/**
 * Examples 0 … count − 1 in the order of time, cut where the shares say.
 * @throws ArgumentError when a share or the gap is out of range, or no example is left for training
 */
function inParts<Part>(count: number, options: SplitOptions, slice: (from: number, to: number) => Part): Split<Part> {
  const gap = requireInteger("gap of split", options.gap ?? 0, 0);
  const [validation, test] = (["validation", "test"] as const).map((part) => {
    const share = requireNumber(`${part} of split`, options[part] ?? 0.1, 0, 1);
    return share === 0 ? 0 : Math.max(1, Math.round(share * count));
  }) as [number, number];
  const [beforeTest, beforeValidation] = [test, validation].map((size) => (size === 0 ? 0 : gap)) as [number, number];
  const train = count - validation - test - beforeTest - beforeValidation;
  if (train < 1) {
    const gaps = beforeTest + beforeValidation === 0 ? "" : ` and ${beforeTest + beforeValidation} between them`;
    throw new ArgumentError(
      `split of ${count} examples leaves none for training: ${validation} for validation, ${test} for the test${gaps}.`,
    );
  }
  const from = train + beforeValidation;
  return { train: slice(0, train), validation: slice(from, from + validation), test: slice(count - test, count) };
}

/**
 * The items without those whose key was there before: what is known from training proves nothing in a test.
 *
 * @param key what makes two items the same; default the item itself
 * @example
 * unique(["Ada", "Bob", "ada"], (name) => name.toLowerCase());   // ["Ada", "Bob"]
 * @throws ArgumentError when it is no list, or the key no function
 */
export function unique<Item>(items: readonly Item[], key: (item: Item) => unknown = (item) => item): Item[] {
  if (!Array.isArray(items)) throw new ArgumentError(`unique wants a list, received ${describe(items)}.`);
  if (typeof key !== "function")
    throw new ArgumentError(`key of unique must be a function, received ${describe(key)}.`);
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const own = key(item);
    if (seen.has(own)) return false;
    seen.add(own);
    return true;
  });
}
