import { describe, expect, it } from "vitest";
import { ArgumentError, FormatError } from "../../src/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import { Tensor, tensor } from "../../src/tensor/tensor.js";

/** A file as the format defines it, from any header text and data; independent of the writer under test. */
function file(header: string | object, data: ArrayLike<number> = [], claimedLength?: number | bigint): Uint8Array {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header), "utf8");
  const bytes = Buffer.alloc(8 + text.length + data.length);
  bytes.writeBigUInt64LE(BigInt(claimedLength ?? text.length), 0);
  text.copy(bytes, 8);
  Buffer.from(Array.from(data)).copy(bytes, 8 + text.length);
  return new Uint8Array(bytes);
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function single(dtype: string, shape: number[], array: ArrayBufferView): Uint8Array {
  return file({ x: { dtype, shape, data_offsets: [0, array.byteLength] } }, bytesOf(array));
}

const entry = (start: number, end: number, shape = [(end - start) / 4]) => ({ dtype: "F32", shape, data_offsets: [start, end] });

describe("safetensors: round trip", () => {
  it("gives back every bit, NaN payloads, signed zeros and denormals included", () => {
    const patterns = new Int32Array([0x7fc00001, -1, 0x7f800001, -0x80000000, 1, 0x7f7fffff, 0, 0x3f800000]);
    const read = readSafetensors(writeSafetensors({ x: new Tensor(new Float32Array(patterns.buffer), [2, 4]) }));
    const back = read.tensors.get("x") as Tensor;
    expect(back.shape).toEqual([2, 4]);
    expect([...new Int32Array(back.data.buffer)]).toEqual([...patterns]);
  });

  it("keeps the order of the tensors, scalars, empty tensors, and names in any script", () => {
    const tensors = new Map([
      ["z.weight", tensor([[1, 2, 3]])],
      ["a", new Tensor(new Float32Array([7]), [])],
      ["empty", new Tensor(new Float32Array(0), [0, 5])],
      ['quote " back \\ line \n', tensor([4])],
      ["größe 大小 🙂", tensor([5, 6])],
    ]);
    const read = readSafetensors(writeSafetensors(tensors, { note: "naïve\u0000 🙂", other: "" }));
    expect([...read.tensors.keys()]).toEqual([...tensors.keys()]);
    for (const [name, value] of tensors) expect(read.tensors.get(name)).toEqual(value);
    expect({ ...read.metadata }).toEqual({ note: "naïve\u0000 🙂", other: "" });
    expect(read.metadata.toString).toBeUndefined();
  });

  it("writes what the format defines: length, padded JSON header, offsets from the first data byte", () => {
    for (const name of ["a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh"]) {
      const bytes = writeSafetensors({ [name]: tensor([1.5, -2]), next: tensor([3]) }, { k: "v" });
      const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
      expect(length % 8).toBe(0);
      const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString("utf8"));
      expect(header).toEqual({ __metadata__: { k: "v" }, [name]: entry(0, 8), next: entry(8, 12) });
      expect(bytes.length).toBe(8 + length + 12);
      expect(Buffer.from(bytes).readFloatLE(8 + length + 4)).toBe(-2);
    }
  });

  it("reads bytes at any offset of their buffer, an ArrayBuffer, and a file without tensors", () => {
    const bytes = writeSafetensors({ x: tensor([1, 2]) });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(shifted.subarray(3)).tensors.get("x")).toEqual(tensor([1, 2]));
    expect(readSafetensors(bytes.buffer).tensors.get("x")).toEqual(tensor([1, 2]));
    expect(readSafetensors(writeSafetensors({})).tensors.size).toBe(0);
    expect(readSafetensors(file("{}")).tensors.size).toBe(0);
  });

  it("orders the tensors of others by their bytes, whatever the order of the header", () => {
    const bytes = file({ second: entry(4, 8), first: entry(0, 4) }, bytesOf(new Float32Array([1, 2])));
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual(["first", "second"]);
  });
});

describe("safetensors: element types", () => {
  const values = (bytes: Uint8Array) => [...(readSafetensors(bytes).tensors.get("x") as Tensor).data];
  const exact = (bytes: Uint8Array) => readSafetensors(bytes).integers.get("x");

  it("rounds F64 to the nearest float32", () => {
    expect(values(single("F64", [3], new Float64Array([0.1, 1e300, -2])))).toEqual([Math.fround(0.1), Infinity, -2]);
  });

  it("reads every one of the 65536 F16 patterns", () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const read = values(single("F16", [65536], patterns));
    for (let i = 0; i < 65536; i++) {
      const exponent = (i >> 10) & 31;
      const fraction = (i & 1023) / 1024;
      const size = exponent === 0 ? fraction * 2 ** -14 : exponent < 31 ? (1 + fraction) * 2 ** (exponent - 15) : fraction ? NaN : Infinity;
      if (!Object.is(read[i], i < 32768 ? size : -size) && !Number.isNaN(size)) throw new Error(`pattern ${i} gave ${read[i]}`);
      if (Number.isNaN(size)) expect(read[i]).toBeNaN();
    }
  });

  it("reads BF16 as the upper half of a float32", () => {
    expect(values(single("BF16", [4], new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x0001])))).toEqual([1, -2, Infinity, 2 ** -133]);
  });

  it("gives whole numbers as the nearest float32 and, apart, exactly", () => {
    const wide = new BigInt64Array([2n ** 53n + 1n, -(2n ** 63n), 5n]);
    expect(exact(single("I64", [3], wide))).toEqual(wide);
    expect(values(single("I64", [3], wide))).toEqual([2 ** 53, -(2 ** 63), 5]);
    expect(exact(single("U64", [1], new BigUint64Array([2n ** 64n - 1n])))).toEqual(new BigUint64Array([2n ** 64n - 1n]));
    expect(exact(single("I32", [2], new Int32Array([16777217, -3])))).toEqual(new Int32Array([16777217, -3]));
    expect(exact(single("U32", [1], new Uint32Array([4294967295])))).toEqual(new Uint32Array([4294967295]));
    expect(exact(single("I16", [1], new Int16Array([-300])))).toEqual(new Int16Array([-300]));
    expect(exact(single("U16", [1], new Uint16Array([65535])))).toEqual(new Uint16Array([65535]));
    expect(exact(single("I8", [2], new Int8Array([-128, 127])))).toEqual(new Int8Array([-128, 127]));
    expect(values(single("U8", [2], new Uint8Array([0, 255])))).toEqual([0, 255]);
    expect(exact(single("BOOL", [2], new Uint8Array([0, 1])))).toEqual(new Uint8Array([0, 1]));
    expect(exact(single("F32", [1], new Float32Array([1])))).toBeUndefined();
  });
});

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
    ["malformed UTF-8", new Uint8Array([...file('{"xx":1}')].map((byte, i) => (i === 10 ? 0xff : byte))), /byte 10 does not begin a valid UTF-8/],
    ["overlong UTF-8", new Uint8Array([...file('{"xx":1}')].map((byte, i) => (i === 10 ? 0xc0 : i === 11 ? 0xaf : byte))), /byte 10/],
    ["very deep nesting", file(`{"x":${"[".repeat(5000)}`), /nests deeper than 64/],
    ["a name twice", file(`{"x":${JSON.stringify(entry(0, 4))},"x":${JSON.stringify(entry(0, 4))}}`, four), /"x" occurs twice, again at byte/],
    ["a name twice, once escaped", file(`{"x":${JSON.stringify(entry(0, 4))},"\\u0078":1}`, four), /"x" occurs twice/],
    ["a field twice", file('{"x":{"dtype":"F32","dtype":"U8","shape":[1],"data_offsets":[0,4]}}', four), /"dtype" occurs twice/],
    ["__proto__ as a tensor", file(`{"__proto__":${JSON.stringify(entry(0, 4))}}`, four), /"__proto__" has a name that is not allowed/],
    ["__proto__ in the metadata", file('{"__metadata__":{"__proto__":"x"}}'), /may not use the name "__proto__"/],
    ["metadata that is no object", file({ __metadata__: "x" }), /must be an object of strings/],
    ["metadata that is no text", file({ __metadata__: { epoch: 3 } }), /__metadata__ "epoch" must be a string/],
    ["tensor that is no object", file({ x: 3 }), /"x" is not described by an object/],
    ["unknown field", file({ x: { ...entry(0, 4), stride: [1] } }, four), /unknown field "stride"/],
    ["missing element type", file({ x: { shape: [1], data_offsets: [0, 4] } }, four), /element type nothing/],
    ["unknown element type", file({ x: { ...entry(0, 4), dtype: "F31" } }, four), /element type "F31"; this library reads F32/],
    ["element type named like a method", file({ x: { ...entry(0, 4), dtype: "constructor" } }, four), /element type "constructor"/],
    ["missing shape", file({ x: { dtype: "F32", data_offsets: [0, 4] } }, four), /shape must be an array/],
    ["negative size", file({ x: entry(0, 4, [-1]) }, four), /shape must hold whole numbers of 0 or more, found -1/],
    ["fractional size", file({ x: entry(0, 4, [0.5, 2]) }, four), /found 0.5/],
    ["size beyond exact numbers", file('{"x":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}', four), /found 1e\+300/],
    ["size that is a string", file({ x: { ...entry(0, 4), shape: ["1"] } }, four), /found something else/],
    ["product that overflows", file({ x: entry(0, 4, [2 ** 40, 2 ** 40]) }, four), /larger than any file/],
    ["overflow hidden by a zero", file({ x: entry(0, 0, [2 ** 52, 2 ** 52, 0]) }), /larger than any file/],
    ["shape larger than its bytes", file({ x: entry(0, 4, [2]) }, four), /shape \[2\] takes 8 bytes, its data_offsets span 4/],
    ["offsets backwards", file({ x: { dtype: "F32", shape: [1], data_offsets: [4, 0] } }, four), /start and an end, found \[4, 0\]/],
    ["three offsets", file({ x: { dtype: "F32", shape: [1], data_offsets: [0, 4, 4] } }, four), /start and an end/],
    ["offsets beyond the file", file({ x: entry(0, 8) }, four), /ends at data byte 8, but the file has 4/],
    ["overlap", file({ a: entry(0, 8), b: entry(4, 12) }, [...four, ...four, ...four]), /"b" overlaps the one before it at data byte 4/],
    ["the same bytes twice", file({ a: entry(0, 4), b: entry(0, 4) }, four), /"b" overlaps/],
    ["hole", file({ a: entry(0, 4), b: entry(8, 12) }, [...four, ...four, ...four]), /bytes 4 to 8 belong to no tensor/],
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
      for (let change = next(4) + 1; change > 0; change--) bytes.splice(next(bytes.length), next(3), ...[next(256), next(256)].slice(next(3)));
      if (readsOrRefuses(new Uint8Array(bytes))) read++;
    }
    expect(read).toBeLessThan(20000);
  });
});

describe("safetensors: the writer refuses", () => {
  const one = tensor([1]);
  it.each<[string, () => unknown, RegExp]>([
    ["__metadata__ as a name", () => writeSafetensors({ __metadata__: one }), /may not be called/],
    ["__proto__ as a name", () => writeSafetensors(new Map([["__proto__", one]])), /__proto__/],
    ["half a surrogate pair", () => writeSafetensors({ "\ud800": one }), /half a surrogate pair/],
    ["a value that is no tensor", () => writeSafetensors({ x: [1] as unknown as Tensor }), /"x" must be a Tensor, received an array of 1/],
    ["metadata that is no string", () => writeSafetensors({}, { epoch: 3 as unknown as string }), /are strings, received 3/],
  ])("%s", (_, write, message) => {
    expect(write).toThrow(ArgumentError);
    expect(write).toThrow(message);
  });
});
