import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  defaultExportViolations,
  importEffectViolations,
  indexViolations,
  lengthViolations,
  wordViolations,
} from "./architecture/files.js";
import { hostViolations, mathViolations } from "./architecture/host.js";
import { memberNames, nameViolations } from "./architecture/names.js";
import { importViolations, mirrorViolations } from "./architecture/rooms.js";
import { parse, type Source, sourcesUnder } from "./architecture/source.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const facade = sourcesUnder(root, "src");
const core = sourcesUnder(root, "assembly");
const others = ["test", "bench", "scripts", "demo", "examples"].filter((folder) => existsSync(`${root}${folder}`));
const everything = [...facade, ...core, ...others.flatMap((folder) => sourcesUnder(root, folder))];

describe("the house as it stands", () => {
  const pathsOf = (sources: readonly Source[]) => sources.map(({ path }) => path);
  const names = memberNames(facade, pathsOf(core));

  test("a room imports from lower rooms or its own", () => {
    expect(facade.flatMap(importViolations)).toEqual([]);
  });
  test("only src/wasm/ says WebAssembly", () => {
    expect(facade.flatMap(wordViolations)).toEqual([]);
  });
  test("shared code asks no cell, loss or optimizer for its name", () => {
    expect(facade.flatMap((source) => nameViolations(source, names))).toEqual([]);
  });
  test("no elementary function of the host touches a number", () => {
    expect(facade.flatMap(mathViolations)).toEqual([]);
  });
  test("the facade needs nothing of its host, and looks at the clock only to pace a training", () => {
    expect(facade.flatMap(hostViolations)).toEqual([]);
  });
  test("every cell, loss and optimizer of the core has its file in the facade", () => {
    expect(mirrorViolations(core, facade)).toEqual([]);
  });
  test("importing does nothing", () => {
    expect(facade.flatMap(importEffectViolations)).toEqual([]);
  });
  test("package.json names the entries that bring a core when they are imported, for bundlers to leave them in", () => {
    const { exports, sideEffects } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
    const entries = [exports["."], exports["./predict"]];
    const onEdge = entries.flatMap((entry) => [entry.workerd.default, entry["edge-light"].default]);
    expect([...sideEffects].sort()).toEqual([...onEdge, exports["."].require.default].sort());
  });
  test("an index only exports", () => {
    expect([...facade, ...core].flatMap(indexViolations)).toEqual([]);
  });
  test("everything is exported by name", () => {
    expect([...facade, ...core].flatMap(defaultExportViolations)).toEqual([]);
  });
  test("a file stays short", () => {
    expect(everything.flatMap(lengthViolations)).toEqual([]);
  });
});

describe("the rules catch", () => {
  /** Number of complaints about a made-up file. */
  const count = (rule: (source: Source) => string[], path: string, text: string) => rule(parse(path, text)).length;

  test.each([
    ["upward", "src/cells/lstm.ts", `import { x } from "../layers/dense.js";`],
    ["sideways at one height", "src/cells/lstm.ts", `import { x } from "../losses/huber.js";`],
    ["upward through a re-export", "src/tensor/a.ts", `export { x } from "../models/model.js";`],
    ["upward through a type", "src/tensor/a.ts", `type M = import("../models/model.js").Model;`],
    ["upward at run time", "src/tensor/a.ts", `const m = await import("../models/model.js");`],
    ["of the index", "src/tasks/a.ts", `import { x } from "../index.js";`],
    ["out of src/", "src/tasks/a.ts", `import { x } from "../../bench/index.js";`],
    ["without an ending", "src/layers/a.ts", `import { x } from "../errors";`],
    ["of a package", "src/layers/a.ts", `import { x } from "left-pad";`],
    ["of a module of Node", "src/formats/a.ts", `import { readFileSync } from "node:fs";`],
    ["of the loader outside its room", "src/tensor/a.ts", `import { x } from "@assemblyscript/loader";`],
    ["from a room without a height", "src/utils/a.ts", ""],
  ])("an import %s", (_, path, text) => {
    expect(count(importViolations, path, text)).toBe(1);
  });

  test("no import that leads down, stays in its room, or is the loader's", () => {
    const layer = `import { x } from "../cells/lstm.js"; import { y } from "./dense.js"; import { z } from "../errors.js";`;
    expect(count(importViolations, "src/layers/lstm.ts", layer)).toBe(0);
    expect(count(importViolations, "src/shape.ts", `import { E } from "./errors.js";`)).toBe(0);
    expect(count(importViolations, "src/wasm/core.ts", `import { s } from "#wasm";`)).toBe(0);
  });

  test("the word WebAssembly, even in a comment", () => {
    expect(count(wordViolations, "src/models/model.ts", "// a WebAssembly memory")).toBe(1);
    expect(count(wordViolations, "src/wasm/memory.ts", "// a WebAssembly memory")).toBe(0);
  });

  const cell = parse("src/cells/foo.ts", `export const foo = defineCell({ name: "fooCell", gates: 1 });`);
  const loss = parse("src/losses/bar.ts", `export const bar = defineLoss("bar", {});`);
  const registry = parse("src/cells/registry.ts", "export const cells = { foo };");
  const mirrored = parse("src/optimizers/baz.ts", "export const baz = { slots: 1 };");
  const names = memberNames([cell, loss, registry, mirrored], ["assembly/optimizers/baz.ts"]);

  test("the names of the registries: by definition, and by kernel", () => {
    expect([...names.keys()].sort()).toEqual(["bar", "baz", "foo", "fooCell"]);
  });
  test.each([
    ["===", `if (kind === "foo") f();`],
    ["!==", `if ("fooCell" !== kind) f();`],
    ["==", `if (kind == "bar") f();`],
    ["a case", `switch (kind) { case "foo": f(); }`],
    ["a template", "if (kind === `foo`) f();"],
    ["includes", `if (["foo", "other"].includes(kind)) f();`],
    ["startsWith", `if (kind.startsWith("fooCell")) f();`],
    ["identity", `import { foo } from "../cells/foo.js"; if (cell === foo) f();`],
  ])("a question for a name: %s", (_, text) => {
    expect(nameViolations(parse("src/layers/recurrent.ts", text), names)).toHaveLength(1);
  });
  test("no name at home, and no name that is only used", () => {
    expect(nameViolations(parse("src/cells/foo.ts", `if (kind === "foo") f();`), names)).toEqual([]);
    expect(
      nameViolations(parse("src/layers/a.ts", `const c = table["foo"]; const n = { cell: "foo" };`), names),
    ).toEqual([]);
  });

  test.each([
    "Math.exp(x)",
    "Math.pow(x, 2)",
    "Math.random()",
    "Math.sign(x)",
    "x ** 2",
    "x **= 2",
    "const { exp } = Math",
    `Math["exp"](x)`,
    "f(Math)",
    "const m = Math; m.exp(x)",
  ])("a host function: %s", (text) => {
    expect(count(mathViolations, "src/data/a.ts", text)).toBe(1);
  });
  test("no exact function", () => {
    const text = "Math.sqrt(x) + Math.fround(y) * Math.PI; own.Math.exp(x); type M = Math;";
    expect(count(mathViolations, "src/data/a.ts", text)).toBe(0);
  });

  test.each([
    "Date.now()",
    "performance.now()",
    "globalThis.performance.now()",
    "new TextDecoder()",
    "crypto.subtle",
    "new Date()",
    "setTimeout(f, 0)",
    "console.log(1)",
    "process.env.X",
    "f({ performance })",
  ])("a need of the host: %s", (text) => {
    expect(count(hostViolations, "src/models/model.ts", text)).toBe(1);
  });
  test("no clock in the pace, no timer in training, no name of our own", () => {
    expect(count(hostViolations, "src/training/pace.ts", "performance.now(); setTimeout(f, 0);")).toBe(0);
    expect(count(hostViolations, "src/data/a.ts", "const document = 1; f(document, own.crypto, { process: 2 });")).toBe(
      0,
    );
  });

  test("a member of the core without its mirror", () => {
    const members = ["cells/foo", "cells/bar"].map((name) => {
      return parse(`assembly/${name}.ts`, `export function ${name.slice(6)}Forward(): void {}`);
    });
    const shared = parse("assembly/optimizers/ranges.ts", "export function scale(): void {}");
    const elsewhere = parse("assembly/simd.ts", "export function simd(): void {}");
    const violations = mirrorViolations([...members, shared, elsewhere], [parse("src/cells/foo.ts", "")]);
    expect(violations).toEqual(["assembly/cells/bar.ts has no src/cells/bar.ts."]);
  });
  test("an import with an effect", () => {
    expect(count(importEffectViolations, "src/cells/a.ts", `register("a");`)).toBe(1);
    expect(count(importEffectViolations, "src/cells/a.ts", `import "./b.js";`)).toBe(1);
    expect(count(importEffectViolations, "src/cells/a.ts", `import { b } from "./b.js"; const a = b();`)).toBe(0);
    expect(count(importEffectViolations, "src/cells/a.ts", "carry(core);")).toBe(1);
    expect(count(importEffectViolations, "src/entries/a.ts", "carry(core);")).toBe(0);
  });
  test("an index with code of its own", () => {
    const table = `import { lstm } from "./lstm.js"; export * from "./gru.js"; export const cells = { lstm };`;
    expect(count(indexViolations, "src/cells/index.ts", "export function f() {}")).toBe(1);
    expect(count(indexViolations, "src/cells/index.ts", "const hidden = 1;")).toBe(1);
    expect(count(indexViolations, "src/cells/index.ts", table)).toBe(0);
    expect(count(indexViolations, "src/cells/cell.ts", "export function f() {}")).toBe(0);
  });
  test("a default export", () => {
    expect(count(defaultExportViolations, "src/a.ts", "export default 1;")).toBe(1);
    expect(count(defaultExportViolations, "src/a.ts", "export default function f() {}")).toBe(1);
    expect(count(defaultExportViolations, "src/a.ts", "switch (a) { default: f(); }")).toBe(0);
  });
  test("a long file", () => {
    expect(count(lengthViolations, "src/a.ts", "x;\n".repeat(301))).toBe(1);
    expect(count(lengthViolations, "src/a.ts", "x;\n".repeat(300))).toBe(0);
  });
});
