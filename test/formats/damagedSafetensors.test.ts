import { describe, expect, it } from "vitest";
import { ArgumentError, FormatError } from "../../src/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import { Tensor, tensor } from "../../src/tensor/tensor.js";
import { entry, file } from "./rawSafetensors.js";

describe("safetensors: every lie has its own error", () => {
  const four = [0, 0, 0, 0];
  const lies: [string, Uint8Array, RegExp][] = [
    ["shorter than its length field", new Uint8Array(7), /header length of 8 bytes, but the whole file has 7/],
    ["header beyond the file", file("{}", [], 3), /claims 3 bytes, the file has 2/],
    ["absurd header length", file("{}", [], 2n ** 63n), /9223372036854775808 bytes, more than the 100000000/],
    ["header length just above the limit", file("{}", [], 100_000_001), /more than the 100000000/],
    ["empty header", file("", [0x7b]), /header at byte 8 is not a JSON object/],
    ["header that is no object", file("[]"), /not a JSON object/],
    ["header that begins with a space", file(" {}"), /not a JSON object/],
    ["not JSON", file('{"x":tensor}'), /m\.st: wanted true at byte 13/],
    ["text after the header", file("{} x"), /the end of the JSON text at byte 11/],
    ["zero bytes as padding", file("{}\0\0"), /the end of the JSON text at byte 10, found byte 0x00/],
    ["unclosed string", file('{"x'), /string that begins at byte 9 does not end/],
    ["control character in a string", file('{"\n":1}'), /control character inside a string at byte 10/],
    ["unknown escape", file('{"\\x":1}'), /escape that JSON knows/],
    [
      "malformed UTF-8",
      new Uint8Array([...file('{"xx":1}')].map((byte, i) => (i === 10 ? 0xff : byte))),
      /byte 10 does not begin a valid UTF-8/,
    ],
    [
      "overlong UTF-8",
      new Uint8Array([...file('{"xx":1}')].map((byte, i) => (i === 10 ? 0xc0 : i === 11 ? 0xaf : byte))),
      /byte 10/,
    ],
    ["very deep nesting", file(`{"x":${"[".repeat(5000)}`), /nests deeper than 64/],
    [
      "a name twice",
      file(`{"x":${JSON.stringify(entry(0, 4))},"x":${JSON.stringify(entry(0, 4))}}`, four),
      /"x" occurs twice, again at byte/,
    ],
    ["a name twice, once escaped", file(`{"x":${JSON.stringify(entry(0, 4))},"\\u0078":1}`, four), /"x" occurs twice/],
    [
      "a field twice",
      file('{"x":{"dtype":"F32","dtype":"U8","shape":[1],"data_offsets":[0,4]}}', four),
      /"dtype" occurs twice/,
    ],
    [
      "__proto__ as a tensor",
      file(`{"__proto__":${JSON.stringify(entry(0, 4))}}`, four),
      /"__proto__" has a name that is not allowed/,
    ],
    ["__proto__ in the metadata", file('{"__metadata__":{"__proto__":"x"}}'), /may not use the name "__proto__"/],
    ["metadata that is no object", file({ __metadata__: "x" }), /must be an object of strings/],
    ["metadata that is no text", file({ __metadata__: { epoch: 3 } }), /__metadata__ "epoch" must be a string/],
    ["tensor that is no object", file({ x: 3 }), /"x" is not described by an object/],
    ["unknown field", file({ x: { ...entry(0, 4), stride: [1] } }, four), /unknown field "stride"/],
    ["missing element type", file({ x: { shape: [1], data_offsets: [0, 4] } }, four), /element type nothing/],
    [
      "unknown element type",
      file({ x: { ...entry(0, 4), dtype: "F31" } }, four),
      /element type "F31"; this library reads F32/,
    ],
    [
      "element type named like a method",
      file({ x: { ...entry(0, 4), dtype: "constructor" } }, four),
      /element type "constructor"/,
    ],
    ["missing shape", file({ x: { dtype: "F32", data_offsets: [0, 4] } }, four), /shape must be an array/],
    ["negative size", file({ x: entry(0, 4, [-1]) }, four), /shape must hold whole numbers of 0 or more, found -1/],
    ["fractional size", file({ x: entry(0, 4, [0.5, 2]) }, four), /found 0.5/],
    [
      "size beyond exact numbers",
      file('{"x":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}', four),
      /found 1e\+300/,
    ],
    ["size that is a string", file({ x: { ...entry(0, 4), shape: ["1"] } }, four), /found something else/],
    ["product that overflows", file({ x: entry(0, 4, [2 ** 40, 2 ** 40]) }, four), /larger than any file/],
    ["overflow hidden by a zero", file({ x: entry(0, 0, [2 ** 52, 2 ** 52, 0]) }), /larger than any file/],
    [
      "shape larger than its bytes",
      file({ x: entry(0, 4, [2]) }, four),
      /shape \[2\] takes 8 bytes, its data_offsets span 4/,
    ],
    [
      "offsets backwards",
      file({ x: { dtype: "F32", shape: [1], data_offsets: [4, 0] } }, four),
      /start and an end, found \[4, 0\]/,
    ],
    ["three offsets", file({ x: { dtype: "F32", shape: [1], data_offsets: [0, 4, 4] } }, four), /start and an end/],
    ["offsets beyond the file", file({ x: entry(0, 8) }, four), /ends at data byte 8, but the file has 4/],
    [
      "overlap",
      file({ a: entry(0, 8), b: entry(4, 12) }, [...four, ...four, ...four]),
      /"b" overlaps the one before it at data byte 4/,
    ],
    ["the same bytes twice", file({ a: entry(0, 4), b: entry(0, 4) }, four), /"b" overlaps/],
    [
      "hole",
      file({ a: entry(0, 4), b: entry(8, 12) }, [...four, ...four, ...four]),
      /bytes 4 to 8 belong to no tensor/,
    ],
    ["bytes after the last tensor", file({ a: entry(0, 4) }, [...four, 1]), /bytes 4 to 5 belong to no tensor/],
    ["data without tensors", file({}, [1]), /bytes 0 to 1 belong to no tensor/],
  ];
  it.each(lies)("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "m.st")).toThrow(FormatError);
    expect(() => readSafetensors(bytes, "m.st")).toThrow(message);
    expect(() => readSafetensors(bytes, "m.st")).toThrow(/^m\.st: /);
  });

  it("refuses what is not bytes", () => {
    expect(() => readSafetensors("x" as unknown as Uint8Array)).toThrow(ArgumentError);
    expect(() => readSafetensors([1, 2] as unknown as Uint8Array)).toThrow(/received an array of 2/);
  });
});

describe("safetensors: damaged files", () => {
  const whole = writeSafetensors(
    new Map([
      ["rnn.weight_ih_l0", tensor([[1, -2, 0.5]])],
      ["größe", new Tensor(new Float32Array(0), [0, 2])],
      ["bias", tensor([1, 2])],
    ]),
    { recurve: '{"format":1}', note: "é" },
  );

  /** Either a file or a FormatError; anything else fails. */
  function readsOrRefuses(bytes: Uint8Array): boolean {
    try {
      for (const { data, shape } of readSafetensors(bytes).tensors.values()) {
        expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
      }
      return true;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return false;
    }
  }

  it("cut at any byte they are refused", () => {
    for (let length = 0; length < whole.length; length++) expect(readsOrRefuses(whole.subarray(0, length))).toBe(false);
    expect(readsOrRefuses(whole)).toBe(true);
  });

  it("with any byte changed to any other value they are read or refused with a FormatError", () => {
    const dataStart = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      for (let value = 1; value < 256; value++) {
        const damaged = whole.slice();
        damaged[at] ^= value;
        const reads = readsOrRefuses(damaged);
        if (at >= dataStart) expect(reads).toBe(true);
        if (!reads) refused++;
      }
    }
    // Names, texts and padding can change unnoticed; the rest of the header cannot.
    expect(refused).toBeGreaterThan((dataStart * 255) / 3);
  });

  it("with several bytes changed, inserted or removed likewise", () => {
    let state = 12345;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let read = 0;
    for (let round = 0; round < 20000; round++) {
      const bytes = [...whole];
      for (let change = next(4) + 1; change > 0; change--)
        bytes.splice(next(bytes.length), next(3), ...[next(256), next(256)].slice(next(3)));
      if (readsOrRefuses(new Uint8Array(bytes))) read++;
    }
    expect(read).toBeLessThan(20000);
  });
});
