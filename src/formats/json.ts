import { FormatError } from "../errors.js";
import { decodeUtf8 } from "./utf8.js";

/** What a JSON text can hold. Objects are maps in the order of the text, so no name is special. */
export type Json = string | number | boolean | null | Json[] | Map<string, Json>;

/** Nothing this library reads nests deeper; a file that does is out to exhaust the stack. */
const DEEPEST = 64;

const ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  '"': '"',
  "\\": "\\",
  "/": "/",
};

/**
 * A strict reader of JSON (RFC 8259) straight from bytes. Unlike `JSON.parse` it refuses a name that occurs twice in
 * an object, and every error carries the byte position in the file.
 */
export class JsonReader {
  private at: number;

  /**
   * @param bytes the whole file
   * @param start first byte of the text
   * @param end one past its last byte
   * @param file name used in errors
   */
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
    private readonly file: string,
  ) {
    this.at = start;
  }

  /**
   * The one value of the text.
   * @throws FormatError when the text is not JSON, repeats a name, nests deeper than 64, or goes on after the value
   */
  read(): Json {
    const value = this.value(0);
    this.space();
    if (this.at < this.end) this.fail("the end of the JSON text");
    return value;
  }

  private value(depth: number): Json {
    if (depth > DEEPEST) throw new FormatError(`${this.file}: JSON nests deeper than ${DEEPEST} at byte ${this.at}.`);
    this.space();
    switch (this.peek()) {
      case "{":
        return this.object(depth);
      case "[":
        return this.array(depth);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): Map<string, Json> {
    const members = new Map<string, Json>();
    this.at++;
    if (this.skip("}")) return members;
    do {
      this.space();
      const position = this.at;
      const name = this.string();
      if (members.has(name)) {
        throw new FormatError(
          `${this.file}: the name ${JSON.stringify(name)} occurs twice, again at byte ${position}.`,
        );
      }
      this.expect(":");
      members.set(name, this.value(depth + 1));
    } while (this.skip(","));
    this.expect("}");
    return members;
  }

  private array(depth: number): Json[] {
    const items: Json[] = [];
    this.at++;
    if (this.skip("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.skip(","));
    this.expect("]");
    return items;
  }

  private string(): string {
    if (this.peek() !== '"') this.fail("a string");
    const opening = this.at++;
    let text = "";
    let plain = this.at;
    for (; this.at < this.end; this.at++) {
      const code = this.bytes[this.at];
      if (code < 0x20) this.fail("no control character inside a string");
      if (code !== 0x22 && code !== 0x5c) continue;
      text += decodeUtf8(this.bytes, plain, this.at, this.file);
      if (code === 0x22) {
        this.at++;
        return text;
      }
      text += this.escape();
      plain = this.at + 1;
    }
    throw new FormatError(`${this.file}: the string that begins at byte ${opening} does not end.`);
  }

  /** Reads one escape and stays on its last byte. */
  private escape(): string {
    this.at++;
    const letter = this.peek();
    const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (simple !== undefined) return simple;
    if (letter !== "u") this.fail("an escape that JSON knows");
    const digits = this.ascii(this.at + 1, this.at + 5);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("four hexadecimal digits");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private number(): number {
    let stop = this.at;
    while (stop < this.end && "+-.0123456789Ee".includes(String.fromCharCode(this.bytes[stop]))) stop++;
    const text = this.ascii(this.at, stop);
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) this.fail("a JSON value");
    this.at = stop;
    return Number(text);
  }

  private word<T>(text: string, value: T): T {
    if (this.ascii(this.at, this.at + text.length) !== text) this.fail(text);
    this.at += text.length;
    return value;
  }

  private space(): void {
    while (this.at < this.end && " \n\r\t".includes(String.fromCharCode(this.bytes[this.at]))) this.at++;
  }

  private peek(): string {
    return this.at < this.end ? String.fromCharCode(this.bytes[this.at]) : "";
  }

  private skip(sign: string): boolean {
    this.space();
    if (this.peek() !== sign) return false;
    this.at++;
    return true;
  }

  private expect(sign: string): void {
    if (!this.skip(sign)) this.fail(`"${sign}"`);
  }

  private ascii(from: number, to: number): string {
    let text = "";
    for (let i = from; i < to && i < this.end; i++) text += String.fromCharCode(this.bytes[i]);
    return text;
  }

  private fail(wanted: string): never {
    const came = this.at < this.end ? `byte 0x${this.bytes[this.at].toString(16).padStart(2, "0")}` : "the end";
    throw new FormatError(`${this.file}: wanted ${wanted} at byte ${this.at}, found ${came}.`);
  }
}
