import type { Wire, WireField } from "./onnxWire.js";

/** Fields of a message by number. */
export class Message {
  readonly #fields: readonly WireField[];

  constructor(
    readonly wire: Wire,
    field: WireField,
  ) {
    this.#fields = wire.fields(wire.run(field));
  }

  all(number: number): WireField[] {
    return this.#fields.filter((field) => field.number === number);
  }

  last(number: number): WireField | undefined {
    return this.all(number).at(-1);
  }

  texts(number: number): string[] {
    return this.all(number).map((field) => this.wire.text(field));
  }

  text(number: number): string {
    return this.texts(number).at(-1) ?? "";
  }

  /** Texts by name: a field of `StringStringEntryProto`. */
  entries(number: number): Map<string, string> {
    const entries = this.all(number).map((field) => new Message(this.wire, field));
    return new Map(entries.map((entry) => [entry.text(1), entry.text(2)]));
  }

  integer(number: number): number {
    const field = this.last(number);
    return field === undefined ? 0 : this.wire.integer(field);
  }
}
