/** Multipliers and offset of each lane: MurmurHash3's, and those of its 128-bit form (Appleby 2011, public domain). */
const LOW = [0xcc9e2d51, 0x1b873593, 0xe6546b64] as const;
const HIGH = [0x239b961b, 0xab0e9789, 0x561ccd1b] as const;

/**
 * A 64-bit hash of 32-bit words in their order: two lanes of MurmurHash3. It tells damage and confusion, not forgery.
 *
 * @example
 * new Hash().words(Int32Array.of(1, 2, 3)).hex;   // 16 hexadecimal digits
 */
export class Hash {
  #low = 0x9747b28c;
  #high = 0x3c6ef372;
  #count = 0;

  word(word: number): this {
    this.#low = mix(this.#low, word, LOW);
    this.#high = mix(this.#high, word, HIGH);
    this.#count++;
    return this;
  }

  /** The words in [from, to). */
  words(words: Int32Array, from = 0, to = words.length): this {
    let [low, high] = [this.#low, this.#high];
    for (let at = from; at < to; at++) {
      const word = words[at] as number;
      low = mix(low, word, LOW);
      high = mix(high, word, HIGH);
    }
    this.#low = low;
    this.#high = high;
    this.#count += to - from;
    return this;
  }

  /** The bits of float32 values in [from, to). */
  floats(values: Float32Array, from = 0, to = values.length): this {
    return this.words(new Int32Array(values.buffer, values.byteOffset + 4 * from, to - from));
  }

  /** A text's length and its units. */
  text(text: string): this {
    this.word(text.length);
    for (let index = 0; index < text.length; index++) this.word(text.charCodeAt(index));
    return this;
  }

  /** Each lane of everything so far, as a whole number below 2³². A change of a single word always changes both. */
  get low(): number {
    return finish(this.#low ^ this.#count);
  }

  get high(): number {
    return finish(this.#high ^ this.#count);
  }

  /** The hash of everything so far. */
  get hex(): string {
    return [this.high, this.low].map(digits).join("");
  }
}

function mix(lane: number, word: number, [first, second, offset]: readonly [number, number, number]): number {
  const scrambled = Math.imul(word, first);
  const mixed = lane ^ Math.imul((scrambled << 15) | (scrambled >>> 17), second);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + offset) | 0;
}

/** Every bit of the lane bears on every bit of the result. */
function finish(lane: number): number {
  let mixed = lane ^ (lane >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function digits(lane: number): string {
  return lane.toString(16).padStart(8, "0");
}
