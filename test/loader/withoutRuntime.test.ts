import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { instantiating, withoutRuntime } from "../../scripts/withoutRuntime.js";

const loader = readFileSync(fileURLToPath(import.meta.resolve("@assemblyscript/loader")), "utf8");

/** A program's bundle of the loader as the package has it. */
async function bundled(contents: string): Promise<string> {
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const { outputFiles } = await build({
    ...{ stdin: { contents, resolveDir }, plugins: [withoutRuntime], write: false, logLevel: "silent" },
    ...{ bundle: true, format: "esm", platform: "neutral", minify: true },
  });
  return outputFiles[0]?.text ?? "";
}

test("what instantiates a core stays, and makes an instance of it", async () => {
  const text = await bundled('export { instantiateSync } from "@assemblyscript/loader";');
  expect(text.length).toBeLessThan(400);
  const { instantiateSync } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const core = readFileSync(new URL("../../build/release.wasm", import.meta.url));
  for (const source of [core, new WebAssembly.Module(core)])
    expect(instantiateSync(source).instance.exports.heapBase()).toBeGreaterThan(0);
});

test("imported for nothing it does nothing", async () => {
  expect(await bundled('import "@assemblyscript/loader";')).toBe("");
});

test.each(["isModule", "preInstantiate", "postInstantiate", "instantiateSync"])(
  "a loader without %s is another: the build fails",
  (name) => {
    expect(() => instantiating(loader.replaceAll(name, "renamed"))).toThrow(`the loader has no ${name}`);
  },
);

test("a build in which there is no loader fails", async () => {
  await expect(bundled("")).rejects.toThrow("the loader was not found");
});
