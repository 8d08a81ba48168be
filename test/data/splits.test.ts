import { describe, expect, test } from "vitest";
import { ArgumentError, split, unique, windows } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

const numbers = Array.from({ length: 20 }, (_, index) => index);
/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("split", () => {
  test("keeps the order of time: training first, the test last", () => {
    const { train, validation, test: last } = split(numbers, { validation: 0.2, test: 0.1 });
    expect([...train, ...validation, ...last]).toEqual(numbers);
    expect([train.length, validation.length, last.length]).toEqual([14, 4, 2]);
  });

  test("leaves a gap between parts that overlap in time", () => {
    const { train, validation, test: last } = split(numbers, { validation: 0.2, test: 0.1, gap: 3 });
    expect([train.at(-1), validation[0], validation.at(-1), last[0]]).toEqual([7, 11, 14, 18]);
    expect(split(numbers, { validation: 0, gap: 3 }).train).toHaveLength(15);
  });

  test("of windows gives datasets that share no step when the gap is a window and its horizon", () => {
    const data = windows(numbers, { window: 3 });
    const { train, validation, test: last } = split(data, { gap: 3 });
    const seen = ({ input, target }: typeof data) =>
      Array.from(input.starts).flatMap((start, index) => [start, start + 1, start + 2, target.starts[index] as number]);
    expect(train.count).toBe(17 - 2 - 2 - 6);
    expect(Math.max(...seen(train))).toBeLessThan(Math.min(...seen(validation)));
    expect(Math.max(...seen(validation))).toBeLessThan(Math.min(...seen(last)));
  });

  test("shuffles by a seed alone, and loses nothing", () => {
    const parts = split(numbers, { order: "shuffled", seed: 7 });
    expect(split(numbers, { order: "shuffled", seed: 7 })).toEqual(parts);
    expect(split(numbers, { order: "shuffled", seed: 8 })).not.toEqual(parts);
    const all = [...parts.train, ...parts.validation, ...parts.test];
    expect(all).not.toEqual(numbers);
    expect(all.sort((a, b) => a - b)).toEqual(numbers);
  });

  test("gives one example at least to a part that is asked for", () => {
    const { train, validation, test: last } = split([1, 2, 3], { validation: 0.01, test: 0.01 });
    expect([train, validation, last]).toEqual([[1], [2], [3]]);
  });

  test.each([
    ["too few examples", () => split([1, 2]), ["2 examples", "none for training"]],
    ["shares that leave nothing", () => split(numbers, { validation: 0.5, test: 0.5 }), ["10 for validation", "test."]],
    ["gaps that leave nothing", () => split([1, 2, 3, 4], { gap: 1 }), ["2 between them"]],
    ["a share above 1", () => split(numbers, { test: 20 }), ["test of split", "received 20"]],
    ["a little more than everything", () => split(numbers, { test: 1.01 }), ["between 0 and 1", "received 1.01"]],
    ["a negative gap", () => split(numbers, { gap: -1 }), ["gap of split"]],
    ["an unknown order", () => split(numbers, { order: any("random") }), ['"random"', '"shuffled"']],
    ["a seed without a draw", () => split(numbers, { seed: 3 }), ["draws nothing"]],
    ["a gap without time", () => split(numbers, { order: "shuffled", gap: 2 }), ["gap of split"]],
    ["a shuffled dataset", () => split(windows(numbers, { window: 3 }), { order: "shuffled" }), ["lists only"]],
    ["an unknown option", () => split(numbers, any({ train: 0.8 })), ['"train"', "validation"]],
    ["no list", () => split(any(5)), ["list of examples", "5"]],
    ["data", () => split(any({ input: [], target: [] })), ["what windows gives", "before making data of it"]],
  ])("refuses %s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));
});

describe("unique", () => {
  test("keeps the first of each", () => {
    expect(unique([3, 1, 3, 2, 1])).toEqual([3, 1, 2]);
    expect(unique(["Ada", "Bob", "ada"], (name) => name.toLowerCase())).toEqual(["Ada", "Bob"]);
  });

  test("refuses what is no list", () => expectRefusal(() => unique(any("abc")), ArgumentError, "list"));
});
