import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode } from "../../scripts/encode.mjs";
import { entryFile } from "../support/entryFile.js";

type Core = typeof import("../../src/core.js");
type CommonJs = typeof import("../../src/entries/commonJs.js");
type Given = typeof import("../../src/wasm/given.js");
type Url = typeof import("../../src/url.js");

const core = readFileSync(new URL("../../build/release.wasm", import.meta.url));
/** Bytes of a view are as good as a whole buffer. */
const part = new Uint8Array([0, ...core]).subarray(1);

/** One prediction, to see that the core is there. */
function predict({ Model, lstm }: Pick<Core, "Model" | "lstm">): number[] {
  return [...new Model(lstm(3), { inputSize: 1, seed: 4 }).predict([0.5, -1, 2]).data];
}

/** The same module, with another name in the place of its own. */
function renamed(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(core);
  bytes.set(new TextEncoder().encode("00000000"), bytes.length - 8);
  return bytes;
}

describe("recurve/core", () => {
  let entry: Awaited<ReturnType<typeof entryFile<Core>>>;
  beforeAll(async () => {
    entry = await entryFile<Core>("core", ["given"]);
  });
  afterAll(() => entry.remove());

  test("carries no core", () => {
    expect(readFileSync(new URL(entry.url), "utf8")).not.toContain(encode(core.subarray(0, 100)));
  });

  test.each([
    ["bytes", part],
    ["a buffer", part.slice().buffer],
    ["a DataView", new DataView(part.buffer, part.byteOffset, part.byteLength)],
    ["a buffer of another realm", runInNewContext("new Uint8Array(bytes).buffer", { bytes: [...core] }) as ArrayBuffer],
    ["a module", new WebAssembly.Module(core)],
    [
      "a module of another realm",
      runInNewContext("new WebAssembly.Module(new Uint8Array(bytes))", { bytes: [...core] }),
    ],
  ])("works with the core it is given as %s", async (_, source) => {
    const recurve = await entry.another();
    recurve.useCore(source);
    const { Model, lstm } = await import("../../src/index.js");
    expect(predict(recurve)).toEqual(predict({ Model, lstm }));
  });

  test("before it is given one, whatever needs it says what to do, and a core that comes then is taken", async () => {
    const recurve = await entry.another();
    expect(() => predict(recurve)).toThrow(recurve.StateError);
    expect(() => predict(recurve)).toThrow("carries no core. Before anything else, call useCore(source)");
    recurve.useCore(core);
    expect(predict(recurve)).toHaveLength(9);
  });

  test("a second core is refused, and the first one stays", async () => {
    const recurve = await entry.another();
    recurve.useCore(core);
    const before = predict(recurve);
    expect(() => recurve.useCore(core)).toThrow(recurve.StateError);
    expect(() => recurve.useCore(core)).toThrow("the core was given before");
    expect(predict(recurve)).toEqual(before);
  });

  test.each([
    ["damaged bytes", () => core.subarray(0, 999), "cannot be compiled"],
    ["a page instead of a file", () => Buffer.from("<!doctype html>"), "cannot be compiled"],
    ["another module", () => new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), "is none of recurve's, this version"],
    ["the core of another version", renamed, "is 00000000, this version of recurve needs"],
    [
      "another version's as a module",
      () => new WebAssembly.Module(renamed()),
      "Give it the core.wasm of the same package",
    ],
  ])("%s: refused as a FormatError, and nothing is given by it", async (_, wrong, message) => {
    const recurve = await entry.another();
    expect(() => recurve.useCore(wrong())).toThrow(recurve.FormatError);
    expect(() => recurve.useCore(wrong())).toThrow(message);
    recurve.useCore(core);
    expect(predict(recurve)).toHaveLength(9);
  });

  test.each([
    ["a path", "core.wasm"],
    ["nothing", undefined],
    ["an object", {}],
  ])("%s is no core", async (_, wrong) => {
    const { ArgumentError, useCore } = await entry.another();
    expect(() => useCore(wrong as never)).toThrow(ArgumentError);
    expect(() => useCore(wrong as never)).toThrow("the core is wanted as bytes or as a compiled module, received");
  });
});

describe("an entry that brings its core beside others of the same facade", () => {
  let count = 0;
  /** A query makes another module of the same file. */
  const another = (): Promise<Given> => import(/* @vite-ignore */ `../../src/wasm/given.ts?${count++}`);

  test("the core is there, and the same one can be given once", async () => {
    const given = await another();
    expect(given.source).toThrow("carries no core");
    const module = new WebAssembly.Module(core);
    given.carry(() => module);
    expect(given.source()).toBe(module);
    given.useCore(core);
    expect(() => given.useCore(core)).toThrow("the core was given before");
  });

  test("a core that was given stays, whatever an entry brings later", async () => {
    const given = await another();
    const module = new WebAssembly.Module(core);
    given.useCore(module);
    given.carry(() => core);
    expect(given.source()).toBe(module);
  });

  test("for require it comes whole, inside", async () => {
    const required = await entryFile<CommonJs>("entries/commonJs", ["given"]);
    const [recurve, { Model, lstm }] = [await required.another(), await import("../../src/index.js")];
    expect(predict(recurve)).toEqual(predict({ Model, lstm }));
    required.remove();
  });
});

describe("recurve/url", () => {
  let entry: Awaited<ReturnType<typeof entryFile<Url>>>;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    entry = await entryFile<Url>("url", ["given"]);
    server = createServer(({ url }, response) => {
      if (url === "/core.wasm") response.end(core);
      else if (url === "/page") response.end("<!doctype html>");
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    entry.remove();
  });

  test("fetches the core, once for all who wait for it", async () => {
    const recurve = await entry.another();
    expect(() => predict(recurve)).toThrow("await ready() (recurve/url)");
    const first = recurve.ready(`${origin}/core.wasm`);
    expect(recurve.ready()).toBe(first);
    await first;
    await recurve.ready();
    expect(predict(recurve)).toHaveLength(9);
  });

  test("what is not there, or is no core, is refused with its address and its reason, and can be tried again", async () => {
    const recurve = await entry.another();
    await expect(recurve.ready(`${origin}/lost.wasm`)).rejects.toThrow(recurve.StateError);
    await expect(recurve.ready(`${origin}/lost.wasm`)).rejects.toThrow(
      `core.wasm could not be fetched from ${origin}/lost.wasm: the server answered 404.`,
    );
    await expect(recurve.ready(new URL(`${origin}/page`))).rejects.toThrow(recurve.FormatError);
    await recurve.ready(new URL(`${origin}/core.wasm`));
    expect(predict(recurve)).toHaveLength(9);
  });

  test("looks beside its own file where nothing else is said", async () => {
    const { ready } = await entry.another();
    // Node fetches no files, and says so.
    await expect(ready()).rejects.toThrow(new URL("core.wasm", entry.url).href);
  });
});
