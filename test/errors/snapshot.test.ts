import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  FormatError,
  gru,
  lastStep,
  lstm,
  Model,
  StateError,
  sequential,
  Tensor,
} from "../../src/index.js";
import { Hash } from "../../src/tensor/hash.js";
import { expectRefusal } from "../support/refusal.js";
import { begun, model } from "./begun.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

describe("a snapshot is refused", () => {
  const bytes = begun().snapshot();
  const changed = (at: number, mask: number) => {
    const copy = bytes.slice();
    copy[at] ^= mask;
    return copy;
  };

  test("with any byte damaged", () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const text = at < 3 ? '"rcs"' : at === 3 ? "version" : "damaged";
        expectRefusal(() => model.session(changed(at, mask)), FormatError, "snapshot", text);
      }
    }
  });

  test("with any two bytes exchanged that differ", () => {
    for (let at = 1; at < bytes.length; at++) {
      if (bytes[at] === bytes[at - 1]) continue;
      const copy = bytes.slice();
      [copy[at - 1], copy[at]] = [bytes[at], bytes[at - 1]];
      expectRefusal(() => model.session(copy), FormatError, "snapshot");
    }
  });

  test("cut anywhere, or with more behind it", () => {
    for (let length = 0; length < bytes.length; length++) {
      const text = length < 24 ? `${length} bytes cannot be one` : `${length} bytes whose checksum does not fit`;
      expectRefusal(() => model.session(bytes.slice(0, length)), FormatError, text);
    }
    for (let more = 1; more <= 12; more++) {
      const longer = new Uint8Array(bytes.length + more);
      longer.set(bytes);
      expectRefusal(() => model.session(longer), FormatError, `${bytes.length + more} bytes`, "This model's have 56");
    }
  });

  test("of a newer version, with what to do", () => {
    expectRefusal(() => model.session(changed(3, 3)), FormatError, "version 2", "reads version 1", "Update recurve");
  });

  test("of other weights, another network or another seed, with what to do", () => {
    const other = new Model(sequential(lstm(4), dense(2)), { inputSize: 3, seed: 2 });
    const smaller = new Model(lstm(3), { inputSize: 1 });
    for (const foreign of [begun(other), begun(smaller, [1])]) {
      expectRefusal(() => model.session(foreign.snapshot()), StateError, "other weights", "Warm a new session up");
    }
    const message = /snapshot [0-9a-f]{8}…, model [0-9a-f]{8}…/;
    expect(() => model.session(begun(other).snapshot())).toThrow(message);
    for (const each of [other, smaller]) each.dispose();
  });

  test("of a model whose fingerprint differs in a single bit, whichever it is", () => {
    for (let bit = 0; bit < 64; bit++) {
      const copy = changed(4 + (bit >> 3), 1 << (bit & 7));
      // Whole by its checksum: only the fingerprint tells that it is another's.
      const view = new DataView(copy.buffer);
      const hash = new Hash();
      for (let at = 0; at < copy.length - 4; at += 4) hash.word(view.getInt32(at, true));
      view.setUint32(copy.length - 4, hash.low, true);
      expectRefusal(() => model.session(copy), StateError, "other weights");
    }
  });

  test("of the same model before it was trained", () => {
    const trained = new Model(sequential(gru(2), lastStep()), { inputSize: 1 });
    const before = begun(trained, [1]).snapshot();
    trained.session(before);
    const [weight] = trained.parameters;
    weight.write(weight.read());
    trained.session(before);
    const values = weight.read().data;
    values[0] += 1;
    weight.write(new Tensor(values, weight.shape));
    expectRefusal(() => trained.session(before), StateError, "other weights");
    trained.dispose();
  });

  test("whose length lies although its checksum is right", () => {
    const short = bytes.slice(0, bytes.length - 4);
    const view = new DataView(short.buffer);
    const hash = new Hash();
    for (let at = 0; at < short.length - 4; at += 4) hash.word(view.getInt32(at, true));
    view.setUint32(short.length - 4, hash.low, true);
    expectRefusal(() => model.session(short), FormatError, "52 bytes", "56");
  });

  test.each([[1], ["text"], [[1, 2]], [{}], [new Float32Array(14)], [new DataView(new ArrayBuffer(56))], [true]])(
    "that is no bytes: %s",
    (value) => {
      expectRefusal(() => model.session(any(value)), ArgumentError, "Uint8Array or an ArrayBuffer", "null");
    },
  );

  test("but not null, which starts fresh", () => {
    expect(model.session(null).steps).toBe(0);
    expect(model.session(undefined).snapshot()).toEqual(model.session().snapshot());
  });
});
