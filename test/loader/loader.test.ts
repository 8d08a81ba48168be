import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { describe, expect, test } from "vitest";
import { encode } from "../../scripts/encode.mjs";
import { core } from "../../src/wasm/core.js";
import { decode } from "../../src/wasm/decode.js";
import { text as predictText } from "../../src/wasm/generated/predictCore.js";
import { text } from "../../src/wasm/generated/wholeCore.js";
import { instantiateCore } from "../../src/wasm/instantiate.js";

describe("the loader", () => {
  test("decodes every byte", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const printable = encode(bytes);
    expect(printable).toMatch(/^[#-[\]-~]*$/);
    expect(decode(printable)).toEqual(bytes);
    expect(decode("")).toEqual(new Uint8Array(0));
  });

  test.each([
    ["release", text],
    ["predict", predictText],
  ])("carries the %s build of the core", (build, carried) => {
    const file = new URL(`../../build/${build}.wasm`, import.meta.url);
    expect(Buffer.from(decode(carried)).equals(readFileSync(file))).toBe(true);
  });

  test.each(["release", "predict"])(
    "the %s build imports nothing, and exports functions and its memory alone",
    (build) => {
      const module = new WebAssembly.Module(readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url)));
      expect(WebAssembly.Module.imports(module)).toEqual([]);
      const others = WebAssembly.Module.exports(module).filter(({ kind }) => kind !== "function");
      expect(others).toEqual([{ name: "memory", kind: "memory" }]);
    },
  );

  test("gives the same core at every call, and plain exports of it", () => {
    expect(core()).toBe(core());
    expect(core().heapBase()).toBeGreaterThan(0);
    // The engine names an exported function by its number; a wrapper around it would have another name or none.
    expect(core().heapBase.name).toMatch(/^\d+$/);
  });

  test("gives each instance a memory of its own", () => {
    const bytes = decode(text);
    const [one, two] = [instantiateCore(bytes), instantiateCore(new WebAssembly.Module(bytes))];
    const at = one.heapBase();
    new Uint8Array(one.memory.buffer)[at] = 1;
    expect(new Uint8Array(two.memory.buffer)[at]).toBe(0);
  });

  test.each([
    ["a short message", "the row does not fit"],
    // Longer than what the loader reads without a TextDecoder.
    ["a long message", "the row does not fit ".repeat(20)],
  ])("turns a failed assertion into an Error with %s, its file and its line", async (_, message) => {
    const source = `\nexport function fail(): void {\n  assert(false, ${JSON.stringify(message)});\n}\n`;
    const { binary } = await asc.compileString(source, { runtime: "stub" });
    const { fail } = instantiateCore(binary as BufferSource) as unknown as { fail(): void };
    expect(fail).toThrow(`abort: ${message} at input.ts:3:3`);
  });
});
