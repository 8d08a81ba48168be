import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as recurve from "recurve";
import { expect, test } from "vitest";
import { complaints } from "./complaints.js";

const root = join(import.meta.dirname, "..", "..");
const programsOf = (document: string) =>
  [...readFileSync(join(root, document), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, program]) => program as string,
  );

/** What the programs take for granted, with its type. */
const given = {
  ...{ series: "number[]", longer: "number[]", bytes: "Uint8Array", saved: "Uint8Array", device: "string" },
  ...{ model: "recurve.Model", translator: "recurve.Model", data: "Parameters<typeof recurve.fit>[1]" },
  ...{
    batch: "Parameters<typeof recurve.fit>[1]",
    sequences: "number[][][]",
    sequence: "number[][]",
    classes: "number[]",
  },
  ...{ words: "recurve.Vocabulary", tags: "recurve.Vocabulary", letters: "recurve.Vocabulary<string>" },
  ...{ sentences: "number[][]", sentence: "number[]", tagSequences: "number[][]", sensor: "number[][]" },
  ...{ output: "Float32Array", inputs: "number[][]", sessions: "recurve.Session[]" },
  kv: "{ get(key: string, kind: string): Promise<ArrayBuffer | null>; put(key: string, value: Uint8Array): Promise<void> }",
  ...{ text: "string", others: "number[][][]", theirs: "number[]" },
  ...{ onnx: "Uint8Array", h0: "number[][]", modelJson: "string", shards: "Uint8Array[]" },
  ...{ show: "(value: unknown) => void", write: "(value: string) => void" },
};

/** A program as a file: what it does not import or declare itself is imported or given around it. */
function fileOf(program: string): string {
  const imports = /^import [\s\S]*? from "recurve";\n/.exec(program)?.[0] ?? "";
  const words = new Set(program.match(/[A-Za-z]\w*/g));
  const missing = Object.keys(recurve).filter((name) => words.has(name) && !imports.includes(name));
  const declared = Object.entries(given).map(([name, type]) => `declare const ${name}: ${type};`);
  return `import type * as recurve from "recurve";
${imports}import { ${missing.join(", ")} } from "recurve";
${declared.join("\n")}
export async function program() {
${program.slice(imports.length)}
}
`;
}

test.each([
  ["README.md", 10],
  ["docs/comingFrom.md", 1],
])("every program of %s compiles as it stands", (document, least) => {
  const programs = programsOf(document);
  expect(programs.length).toBeGreaterThanOrEqual(least);
  const files = programs.map(
    (program, index) => [join(import.meta.dirname, `readme${index}.ts`), fileOf(program)] as const,
  );
  expect(complaints(new Map(files))).toEqual([]);
});

/** Names in the right column of a document's tables that are called, or stand alone. */
function namesIn(document: string): string[] {
  const rows = readFileSync(join(root, document), "utf8").matchAll(/^\|[^|]+\|([^|]+)\|$/gm);
  const pieces = [...rows].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, code]) => code as string),
  );
  return pieces.flatMap((code) =>
    [...code.matchAll(/(?<![.\w])([a-zA-Z]\w*)(?=\(|$)/g)].map(([, name]) => name as string),
  );
}

test("docs/comingFrom.md names what there is", () => {
  const names = namesIn("docs/comingFrom.md").filter((name) => !/^(lengths|mask|recurve)$/.test(name));
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !(name in recurve))).toEqual([]);
});
