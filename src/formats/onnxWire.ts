import { FormatError } from "../errors.js";
import { OnnxOutside } from "./onnxOutside.js";
import { decodeUtf8 } from "./utf8.js";

/** How the bytes of a field are delimited: a varint, 8 bytes, a counted run of bytes, 4 bytes. */
type Kind = 0 | 1 | 2 | 5;

/** A field of a message: its number and its bytes [start, end), without what delimits them. */
export interface WireField {
  readonly number: number;
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

const KINDS: readonly number[] = [0, 1, 2, 5];
const WORD = 0x1_0000_0000;

/**
 * A strict reader of protobuf's wire format (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it. It is no
 * library because small ones (pbf) go on past the end of a message without a word, and make a `TextDecoder` when they are
 * imported: no bundler may leave that out, and an AudioWorklet has none. Here every run is held against its message.
 */
export class Wire {
  readonly view: DataView;
  /** Files that it names. */
  readonly outside = new OnnxOutside();
  #at = 0;

  /** @param file what errors call the file */
  constructor(
    readonly bytes: Uint8Array,
    readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * The fields of the message in [start, end), in the order of the file.
   * @throws FormatError with the byte position where they break off, or are none
   */
  fields({ start, end }: Pick<WireField, "start" | "end">): WireField[] {
    const found: WireField[] = [];
    for (this.#at = start; this.#at < end; ) {
      const at = this.#at;
      const tag = this.#varint(end);
      const [number, kind] = [Math.floor(tag / 8), tag % 8];
      if (number < 1 || number > 0x1fff_ffff || !KINDS.includes(kind)) throw this.#broken(at, "begins no field");
      const length = kind === 2 ? this.#varint(end) : kind === 1 ? 8 : kind === 5 ? 4 : 0;
      const first = this.#at;
      if (kind === 0) this.#varint(end);
      else this.#at += length;
      if (length < 0 || this.#at > end) throw this.#broken(at, `begins a field that ends behind byte ${end}`);
      found.push({ number, kind: kind as Kind, start: first, end: this.#at });
    }
    return found;
  }

  /** Whole numbers, one or a packed run; beyond 2⁵³ the nearest there is. */
  integers({ kind, start, end }: WireField): number[] {
    this.#require(start, kind === 0 || kind === 2, "a whole number");
    const found: number[] = [];
    for (this.#at = start; this.#at < end; ) found.push(this.#varint(end));
    return found;
  }

  /** A single whole number. */
  integer(field: WireField): number {
    this.#require(field.start, field.kind === 0, "a whole number");
    return this.integers(field)[0] as number;
  }

  /** Float32 values, one or a packed run. */
  floats(field: WireField): number[] {
    return this.#reals(field, 5, 4, (at) => this.view.getFloat32(at, true));
  }

  /** Float64 values, likewise. */
  doubles(field: WireField): number[] {
    return this.#reals(field, 1, 8, (at) => this.view.getFloat64(at, true));
  }

  text({ kind, start, end }: WireField): string {
    this.#require(start, kind === 2, "a text");
    return decodeUtf8(this.bytes, start, end, this.file);
  }

  /** Raw bytes. */
  bytesOf(field: WireField): DataView {
    const { start, end } = this.run(field);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + start, end - start);
  }

  /** A message inside this one, or raw bytes. */
  run(field: WireField): WireField {
    this.#require(field.start, field.kind === 2, "a run of bytes");
    return field;
  }

  #reals({ kind, start, end }: WireField, single: Kind, size: 4 | 8, read: (at: number) => number): number[] {
    const count = (end - start) / size;
    this.#require(start, (kind === single || kind === 2) && Number.isInteger(count), `float${8 * size} values`);
    return Array.from({ length: count }, (_, index) => read(start + size * index));
  }

  /** A signed number of 64 bits at `#at`, seven bits a byte, the lowest first. */
  #varint(end: number): number {
    const first = this.#at;
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= end) throw this.#broken(first, "begins a number that breaks off");
      const byte = this.bytes[this.#at++] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high |= bits >> 4;
      if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) return high * WORD + (low >>> 0);
    }
    throw this.#broken(first, "begins a number of more than 10 bytes");
  }

  #require(at: number, isThat: boolean, what: string): void {
    if (!isThat) throw this.#broken(at, `should be ${what}`);
  }

  #broken(at: number, what: string): FormatError {
    return new FormatError(`${this.file}: byte ${at} ${what}. Is it whole, and is it ONNX?`);
  }
}
