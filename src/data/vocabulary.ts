import { ArgumentError, FormatError } from "../errors.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";

/** A text: a string, whose tokens are its characters (code points), or a list of words. */
export type Text = string | readonly string[];

/** Options of a vocabulary. */
export interface VocabularyOptions {
  /** What a token that the vocabulary has not becomes: an error (default), or this token, such as `"<unk>"`. */
  readonly unknown?: string;
  /** Token that fills up; it gets number 0. Default none. */
  readonly padding?: string;
  /** Tokens before the first and after the last token of a text; default none. */
  readonly start?: string;
  /** Token after the last token of a text; default none. */
  readonly stop?: string;
  /** Tokens rarer than this are left to `unknown`; default 1. */
  readonly leastCount?: number;
}

/** A vocabulary as plain JSON. */
export interface VocabularyState {
  /** What a text is: a string, or a list of words. */
  readonly kind: "characters" | "words";
  /** All tokens by number, the special ones first. */
  readonly tokens: readonly string[];
  /** The special tokens by their role; a role without a token is left out. */
  readonly special: Readonly<Partial<Record<Special, string>>>;
}

/** Roles of tokens that no text contains, in the order of their numbers. */
const SPECIALS = ["padding", "unknown", "start", "stop"] as const;
/** Role of a token that no text contains: `"padding"`, `"unknown"`, `"start"` or `"stop"`. */
export type Special = (typeof SPECIALS)[number];

/**
 * The tokens of texts, numbered: special tokens first (padding, unknown, start, stop), then all others in the order of
 * their UTF-16 code units. The same texts in any order give the same numbers.
 *
 * @param texts strings, whose tokens are characters, or lists of words; of one kind
 * @example
 * const letters = vocabulary(["anna", "bob"], { unknown: "<unk>", stop: "<stop>" });
 * letters.encode("nab", { stop: true });   // [4, 2, 3, 1]
 * letters.decode([4, 2, 3, 1]);            // "nab"
 * @throws ArgumentError when there is no text or no token, texts are of two kinds, an option is unknown, or two special tokens are one
 */
export function vocabulary(texts: readonly string[], options?: VocabularyOptions): Vocabulary<string>;
export function vocabulary(
  texts: readonly (readonly string[])[],
  options?: VocabularyOptions,
): Vocabulary<readonly string[]>;
export function vocabulary(texts: readonly Text[], options: VocabularyOptions = {}): Vocabulary<Text> {
  requireKnownOptions("vocabulary", options, [...SPECIALS, "leastCount"]);
  const leastCount = requireInteger("leastCount of vocabulary", options.leastCount ?? 1);
  if (!Array.isArray(texts) || texts.length === 0)
    throw new ArgumentError(
      `vocabulary wants a list of texts, received ${describe(texts)}. Put a single one into a list.`,
    );
  if (leastCount > 1 && options.unknown === undefined)
    throw new ArgumentError("leastCount of vocabulary leaves tokens out: say what they become, { unknown: '<unk>' }.");
  const kind = typeof texts[0] === "string" ? "characters" : "words";
  const special = specialTokens(options);
  const counts = new Map<string, number>();
  texts.forEach((text, index) => {
    for (const token of tokensOf(kind, text, `text ${index}`)) counts.set(token, (counts.get(token) ?? 0) + 1);
  });
  const first = SPECIALS.flatMap((role) => special[role] ?? []);
  const clash = first.find((token) => counts.has(token));
  if (clash !== undefined)
    throw new ArgumentError(`the special token ${describe(clash)} of vocabulary occurs in the texts. Choose another.`);
  const found = [...counts].filter(([, count]) => count >= leastCount).map(([token]) => token);
  const tokens = [...first, ...found.sort()];
  if (tokens.length === 0)
    throw new ArgumentError("vocabulary would be empty: the texts hold no token, and no special token is given.");
  return Vocabulary.fromJSON({ kind, tokens, special });
}

function specialTokens(options: VocabularyOptions): Partial<Record<Special, string>> {
  const given = SPECIALS.filter((role) => options[role] !== undefined).map((role) => [role, options[role]] as const);
  for (const [role, token] of given) {
    if (typeof token !== "string" || token === "")
      throw new ArgumentError(
        `${role} of vocabulary must be a token such as "<${role}>", received ${describe(token)}.`,
      );
  }
  if (new Set(given.map(([, token]) => token)).size < given.length)
    throw new ArgumentError("the special tokens of vocabulary must differ from each other.");
  return Object.fromEntries(given);
}

/** @throws ArgumentError when it is no text of the kind */
function tokensOf(kind: VocabularyState["kind"], text: unknown, owner: string): readonly string[] {
  if (kind === "characters" && typeof text === "string") return Array.from(text);
  const isWords = Array.isArray(text) && text.every((word) => typeof word === "string" && word !== "");
  if (kind === "words" && isWords) return text;
  const wanted = kind === "characters" ? "a string" : "a list of words, none of them empty";
  throw new ArgumentError(`${owner} must be ${wanted}, received ${describe(text)}.`);
}

/**
 * Tokens by number; see `vocabulary`.
 *
 * @example
 * const saved = JSON.stringify(vocabulary(["anna", "bob"], { unknown: "<unk>" }));
 * Vocabulary.fromJSON<string>(JSON.parse(saved)).encode("nob");   // [3, 4, 2]
 */
export class Vocabulary<Kind extends Text = Text> {
  /** All tokens by number. */
  readonly tokens: readonly string[];
  readonly #kind: VocabularyState["kind"];
  readonly #special: VocabularyState["special"];
  readonly #numbers: ReadonlyMap<string, number>;
  /** Numbers of the tokens that no text contains. */
  readonly #hidden: ReadonlySet<number>;

  private constructor({ kind, tokens, special }: VocabularyState) {
    this.#kind = kind;
    this.tokens = Object.freeze([...tokens]);
    this.#special = Object.freeze({ ...special });
    this.#numbers = new Map(tokens.map((token, index) => [token, index]));
    this.#hidden = new Set(SPECIALS.flatMap((role) => this.#numberOf(role) ?? []));
  }

  /** Number of tokens, the special ones included. */
  get size(): number {
    return this.tokens.length;
  }

  /** Numbers of the special tokens; undefined where there is none. */
  get padding(): number | undefined {
    return this.#numberOf("padding");
  }
  /** Number that stands for tokens the vocabulary has not; undefined where those are refused. */
  get unknown(): number | undefined {
    return this.#numberOf("unknown");
  }
  /** Number put before a text; undefined where there is none. */
  get start(): number | undefined {
    return this.#numberOf("start");
  }
  /** Number put after a text, and where `decode` ends; undefined where there is none. */
  get stop(): number | undefined {
    return this.#numberOf("stop");
  }

  #numberOf(role: Special): number | undefined {
    const token = this.#special[role];
    return token === undefined ? undefined : this.#numbers.get(token);
  }

  /**
   * The numbers of a text's tokens.
   * @param options `start`, `stop`: whether these tokens are put around it; default false
   * @throws ArgumentError when a token is unknown and nothing was said about such, or there is no start or stop token
   */
  encode(text: Kind, options: { readonly start?: boolean; readonly stop?: boolean } = {}): number[] {
    requireKnownOptions("encode", options, ["start", "stop"]);
    const around = (role: "start" | "stop") => {
      if (options[role] !== true) return [];
      const number = this.#numberOf(role);
      if (number === undefined)
        throw new ArgumentError(`this vocabulary has no ${role} token: make it with { ${role} }.`);
      return [number];
    };
    const numbers = tokensOf(this.#kind, text, "the text to encode").map((token, place) => this.#encode(token, place));
    return [...around("start"), ...numbers, ...around("stop")];
  }

  #encode(token: string, place: number): number {
    const number = this.#numbers.get(token);
    if (number !== undefined && !this.#hidden.has(number)) return number;
    const { unknown } = this;
    if (unknown !== undefined) return unknown;
    throw new ArgumentError(
      `the vocabulary of ${this.size} tokens has no ${describe(token)} (token ${place} of the text). Make it from texts that have it, or with { unknown: "<unk>" }.`,
    );
  }

  /**
   * The text of token numbers, up to the stop token if there is one. Padding, start and stop are left out, an unknown
   * token stays as its name.
   * @throws ArgumentError when they are no list, or a number is none of a token
   */
  decode(numbers: ArrayLike<number>): Kind {
    if (typeof numbers !== "object" || typeof numbers?.length !== "number")
      throw new ArgumentError(`decode wants a list of token numbers, received ${describe(numbers)}.`);
    const { unknown, stop } = this;
    const words: string[] = [];
    for (let place = 0; place < numbers.length; place++) {
      const number = numbers[place] as number;
      const token = this.tokens[number];
      if (token === undefined) {
        throw new ArgumentError(
          `a token number must be a whole number from 0 to ${this.size - 1}, received ${describe(number)} at place ${place}.`,
        );
      }
      if (number === stop) break;
      if (!this.#hidden.has(number) || number === unknown) words.push(token);
    }
    return (this.#kind === "characters" ? words.join("") : words) as Text as Kind;
  }

  /** The vocabulary as plain JSON. */
  toJSON(): VocabularyState {
    return { kind: this.#kind, tokens: this.tokens, special: this.#special };
  }

  /**
   * The vocabulary that `toJSON` described.
   * @throws FormatError when it is none
   */
  static fromJSON<Kind extends Text = Text>(state: VocabularyState): Vocabulary<Kind> {
    const { kind, tokens, special } = (state ?? {}) as Partial<VocabularyState>;
    const isText = (value: unknown) => typeof value === "string";
    if (
      (kind !== "characters" && kind !== "words") ||
      !Array.isArray(tokens) ||
      tokens.length === 0 ||
      !tokens.every(isText)
    )
      throw new FormatError(`a saved vocabulary is { kind, tokens, special }, received ${describe(state)}.`);
    if (new Set(tokens).size < tokens.length) throw new FormatError("a saved vocabulary has a token twice.");
    const roles = typeof special === "object" && special !== null ? Object.entries(special) : [["", ""]];
    for (const [role, token] of roles) {
      if (!SPECIALS.includes(role as Special) || !tokens.includes(token))
        throw new FormatError(`a saved vocabulary names ${describe(token)} as its ${role} token, which it has not.`);
    }
    return new Vocabulary<Kind>({ kind, tokens, special: special as VocabularyState["special"] });
  }
}
