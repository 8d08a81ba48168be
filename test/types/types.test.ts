import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const file = join(import.meta.dirname, "refused.ts");

/** What the compiler says about a text that stands in the place of the file of mistakes. */
function complaints(text: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const read = host.readFile;
  host.readFile = (name) => (name === file ? text : read(name));
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return program.getSemanticDiagnostics(source).map(({ start = 0 }) => {
    const { line } = ts.getLineAndCharacterOfPosition(source as ts.SourceFile, start);
    return `line ${line + 1}`;
  });
}

const text = readFileSync(file, "utf8");

test("what must not compile does not", () => {
  expect(complaints(text)).toEqual([]);
});

test("each line that must not compile is a mistake by itself", () => {
  const lines = text.split("\n");
  const wanted = lines.flatMap((line, index) => (line.includes("// @ts-expect-error") ? [`line ${index + 2}`] : []));
  expect(wanted.length).toBeGreaterThan(40);
  const found = new Set(complaints(text.replaceAll("// @ts-expect-error", "// a mistake:")));
  expect(wanted.filter((line) => !found.has(line))).toEqual([]);
});
