import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.js";
import { Tensor, tensor } from "../../src/tensor/tensor.js";
import { bytesOf, entry, file, single } from "./rawSafetensors.js";

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

  /** IEEE 754 binary16 by its definition. */
  function binary16(pattern: number): number {
    const exponent = (pattern >> 10) & 31;
    const fraction = (pattern & 1023) / 1024;
    if (exponent === 31) return fraction > 0 ? Number.NaN : pattern < 32768 ? Infinity : -Infinity;
    const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
    return pattern < 32768 ? size : -size;
  }

  it("reads every one of the 65536 F16 patterns", () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
    expect(values(single("F16", [65536], patterns))).toEqual(Array.from(patterns, binary16));
  });

  it("reads BF16 as the upper half of a float32", () => {
    expect(values(single("BF16", [4], new Uint16Array([0x3f80, 0xc000, 0x7f80, 0x0001])))).toEqual([
      1,
      -2,
      Infinity,
      2 ** -133,
    ]);
  });

  it("gives whole numbers as the nearest float32 and, apart, exactly", () => {
    const wide = new BigInt64Array([2n ** 53n + 1n, -(2n ** 63n), 5n]);
    expect(exact(single("I64", [3], wide))).toEqual(wide);
    expect(values(single("I64", [3], wide))).toEqual([2 ** 53, -(2 ** 63), 5]);
    expect(exact(single("U64", [1], new BigUint64Array([2n ** 64n - 1n])))).toEqual(
      new BigUint64Array([2n ** 64n - 1n]),
    );
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

describe("safetensors: the writer refuses", () => {
  const one = tensor([1]);
  it.each<[string, () => unknown, RegExp]>([
    ["__metadata__ as a name", () => writeSafetensors({ __metadata__: one }), /may not be called/],
    ["__proto__ as a name", () => writeSafetensors(new Map([["__proto__", one]])), /__proto__/],
    ["half a surrogate pair", () => writeSafetensors({ "\ud800": one }), /half a surrogate pair/],
    [
      "a value that is no tensor",
      () => writeSafetensors({ x: [1] as unknown as Tensor }),
      /"x" must be a Tensor, received an array of 1/,
    ],
    [
      "metadata that is no string",
      () => writeSafetensors({}, { epoch: 3 as unknown as string }),
      /are strings, received 3/,
    ],
  ])("%s", (_, write, message) => {
    expect(write).toThrow(ArgumentError);
    expect(write).toThrow(message);
  });
});
