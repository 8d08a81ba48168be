import { describe, expect, test } from "vitest";
import { ArgumentError, FormatError, Vocabulary, vocabulary } from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("a vocabulary", () => {
  test("numbers special tokens first, then the others in order, whatever the order of the texts", () => {
    const options = { unknown: "<unk>", padding: "<pad>", start: "<s>", stop: "</s>" };
    const first = vocabulary(["bob", "anna"], options);
    expect(first.tokens).toEqual(["<pad>", "<unk>", "<s>", "</s>", "a", "b", "n", "o"]);
    expect(vocabulary(["anna", "bob"], options).tokens).toEqual(first.tokens);
    expect([first.padding, first.unknown, first.start, first.stop, first.size]).toEqual([0, 1, 2, 3, 8]);
  });

  test("encodes and decodes characters by code points", () => {
    const letters = vocabulary(["naïve 🎵 été"], { start: "<s>", stop: "</s>" });
    const numbers = letters.encode("été 🎵", { start: true, stop: true });
    expect(numbers).toHaveLength(7);
    expect(letters.decode(numbers)).toBe("été 🎵");
  });

  test("encodes and decodes words", () => {
    const words = vocabulary([["the", "cat"], ["the", "dog"], []]);
    expect(words.tokens).toEqual(["cat", "dog", "the"]);
    expect(words.encode(["the", "dog"])).toEqual([2, 1]);
    expect(words.decode([2, 0])).toEqual(["the", "cat"]);
  });

  test("decodes up to the stop token, and leaves out what no text contains", () => {
    const letters = vocabulary(["abc"], { unknown: "?", padding: "_", start: "^", stop: "$" });
    expect(letters.decode([2, 4, 1, 0, 5, 3, 6])).toBe("a?b");
  });

  test("leaves rare and unknown tokens to the unknown token", () => {
    const words = vocabulary(
      [
        ["a", "b", "a"],
        ["c", "a", "b"],
      ],
      { unknown: "<unk>", leastCount: 2 },
    );
    expect(words.tokens).toEqual(["<unk>", "a", "b"]);
    expect(words.encode(["a", "c", "new"])).toEqual([1, 0, 0]);
  });

  test("takes the text of a special token for an unknown one", () => {
    const words = vocabulary([["a"]], { unknown: "<unk>", stop: "<stop>" });
    expect(words.encode(["a", "<stop>"])).toEqual([2, 0]);
  });

  test("comes back from JSON", () => {
    const letters = vocabulary(["abc"], { unknown: "?", stop: "$" });
    const twin = Vocabulary.fromJSON<string>(JSON.parse(JSON.stringify(letters)));
    expect(twin.encode("cab!", { stop: true })).toEqual(letters.encode("cab!", { stop: true }));
    expect(JSON.stringify(twin)).toBe(JSON.stringify(letters));
  });
});

describe("a vocabulary refuses", () => {
  const letters = vocabulary(["abc"]);
  test.each([
    ["a single text", () => vocabulary(any("abc")), ["list of texts", '"abc"']],
    ["no text", () => vocabulary([]), ["list of texts"]],
    ["texts of two kinds", () => vocabulary(any(["abc", ["a"]])), ["text 1", "a string"]],
    ["an empty word", () => vocabulary([["a", ""]]), ["text 0", "none of them empty"]],
    ["an unknown option", () => vocabulary(["a"], any({ unkown: "?" })), ['"unkown"', "unknown"]],
    ["an empty special token", () => vocabulary(["a"], { stop: "" }), ["stop of vocabulary"]],
    ["two special tokens alike", () => vocabulary(["a"], { stop: "$", start: "$" }), ["differ"]],
    ["a special token of the texts", () => vocabulary(["a$"], { stop: "$" }), ['"$"', "occurs in the texts"]],
    ["rare tokens without a policy", () => vocabulary(["a"], { leastCount: 2 }), ["leastCount", "unknown"]],
    ["an unknown token", () => letters.encode("abx"), ['no "x"', "token 2", "unknown"]],
    ["a stop token it has not", () => letters.encode("a", { stop: true }), ["no stop token"]],
    ["words for characters", () => letters.encode(any(["a"])), ["a string"]],
    ["a number of no token", () => letters.decode([0, 3]), ["0 to 2", "received 3", "place 1"]],
    ["half a token", () => letters.decode([0.5]), ["received 0.5"]],
  ])("%s", (_, act, texts) => expectRefusal(act, ArgumentError, ...texts));

  test.each([
    ["nothing", null],
    ["no tokens", { kind: "words", special: {} }],
    ["a token twice", { kind: "words", tokens: ["a", "a"], special: {} }],
    ["a special token that is none of its own", { kind: "words", tokens: ["a"], special: { stop: "b" } }],
    ["an unknown role", { kind: "words", tokens: ["a"], special: { end: "a" } }],
    ["no roles", { kind: "words", tokens: ["a"] }],
  ])("a saved one with %s", (_, state) =>
    expectRefusal(() => Vocabulary.fromJSON(any(state)), FormatError, "saved vocabulary"),
  );
});
