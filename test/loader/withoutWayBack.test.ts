import { build, transformSync } from "esbuild";
import { expect, test } from "vitest";
import { forward, withoutWayBack } from "../../scripts/withoutWayBack.js";

/** The text without the way back, as the bundler goes on with it. */
function bundled(text: string): string {
  return transformSync(forward(text, "layer.ts"), { loader: "ts", minifySyntax: true })
    .code.replace(/\s+/g, " ")
    .trim();
}

test.each([
  ["a method", "const run = { forward() { f(); }, backward(from: number) { b(from); } };"],
  ["a function as a value", "const run = { forward() { f(); }, backward: (from: number) => b(from) };"],
  ["a name", "const run = { forward() { f(); }, backward };"],
])("the way back as %s becomes empty", (_, text) => {
  expect(bundled(text)).toBe("const run = { forward() { f(); }, backward() { } };");
});

test("members of classes, parts of the way back and weight gradients become empty too", () => {
  const text =
    "class Run { forward() { this.#f(); } backwardKeys(): void { b(); } #backwardOne() { b(); } gradients() { g(); } #f() {} }";
  const empty = "class Run { forward() { this.#f(); } backwardKeys() { } #backwardOne() { } gradients() { } #f() { } }";
  expect(bundled(text)).toBe(empty);
});

test("branches of a training are closed, and its kernels are not taken from the core", () => {
  const text = `function plan({ region, training }, planner) {
    const { packRows, packBackward, packGradients } = core();
    if (planner.training) region.more();
    return { training: training ? 1 : 0, pack: () => packRows(training), rows: training ? large() : small() };
  }`;
  expect(bundled(text)).toBe(
    "function plan({ region }, planner) { const { packRows } = core(); return { training: 0, pack: () => packRows(!1), rows: small() }; }",
  );
});

test("what is only named alike stays", () => {
  const text =
    "const merge = { gradientsOf(run) { return run.gradient; }, backing() { return 1; } }, words = { training: 1 };";
  expect(bundled(text)).toBe(
    "const merge = { gradientsOf(run) { return run.gradient; }, backing() { return 1; } }, words = { training: 1 };",
  );
});

test("a build in which nothing is left to take out fails", async () => {
  const nothing = build({ stdin: { contents: "" }, write: false, logLevel: "silent", plugins: [withoutWayBack] });
  await expect(nothing).rejects.toThrow("no members of the way back were found");
});
