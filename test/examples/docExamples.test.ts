import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as recurve from "recurve";
import ts from "typescript";
import { expect, test } from "vitest";
import { nodes, parse } from "../architecture/source.js";
import { complaints } from "./complaints.js";
import { type DocExample, docExamples, withChecks } from "./docExamples.js";
import { forecasting, settings } from "./settings.js";

const root = join(import.meta.dirname, "..", "..");
const examples = docExamples(root);

/** Names of values and of types. */
const publicNames = [...nodes(parse("src/index.ts", readFileSync(join(root, "src", "index.ts"), "utf8")).tree)]
  .filter(ts.isExportSpecifier)
  .map(({ name }) => name.text);

/** Those of the entries that bring the core by themselves: they begin with imports, and no bundler is here to give it. */
const isWhole = ({ code }: DocExample): boolean => code.startsWith("import ");

function settingOf({ owner }: DocExample): { name: string; make: () => object } {
  const [name] = owner.split(" ") as [string];
  if (!Object.hasOwn(settings, name)) return { name: "forecasting", make: forecasting };
  return { name: `settings.${name}`, make: settings[name as keyof typeof settings] };
}

/** What a file exports, those names apart that everybody can import. */
async function ownNames({ file }: DocExample): Promise<Record<string, unknown>> {
  const own: Record<string, unknown> = await import(/* @vite-ignore */ join(root, file));
  return Object.fromEntries(Object.entries(own).filter(([name]) => !Object.hasOwn(recurve, name)));
}

/** An example as a file of its own: what it uses is imported, what it takes for granted is unpacked around it. */
async function fileOf(example: DocExample): Promise<string> {
  if (isWhole(example)) return `${example.code}\nexport {};\n`;
  const { name, make } = settingOf(example);
  const words = new Set(example.code.match(/[A-Za-z]\w*/g));
  const used = (names: readonly string[]): string => names.filter((found) => words.has(found)).join(", ");
  const given = Object.keys(make());
  return `import { ${used(publicNames.filter((found) => !given.includes(found)))} } from "recurve";
import { ${used(Object.keys(await ownNames(example)))} } from "../../${example.file.replace(/ts$/, "js")}";
import { forecasting, settings } from "./settings.js";
export async function example() {
  const { ${used(given)} } = ${name}();
  {
${example.code}
  }
}
`;
}

test("every example of a doc comment compiles as it stands", async () => {
  const entries = examples.map(async (example) => {
    const name = `${example.owner.replace(/\W/g, "_")}.example.ts`;
    return [join(import.meta.dirname, name), await fileOf(example)] as const;
  });
  const texts = new Map(await Promise.all(entries));
  expect(texts.size).toBe(examples.length);
  expect(complaints(texts)).toEqual([]);
});

/** What an example says of a value is what it is: typed arrays are lists to a reader. */
function says(value: unknown, told: unknown): void {
  expect(ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value).toEqual(told);
}

test("only a comment that is a value is held against its expression", () => {
  const code = 'rate(a);   // 0.25\nfor (const x of b) use(x);   // 1\nrate(b);   // such as 3\nname;   // "x"';
  const wanted = 'says(rate(a), 0.25);\nfor (const x of b) use(x);   // 1\nrate(b);   // such as 3\nsays(name, "x");';
  expect(withChecks(code)).toBe(wanted);
});

test.each(examples.filter((example) => !isWhole(example)).map((example) => [example.owner, example] as const))(
  "the example of %s runs, and its values are what it says",
  async (_owner, example) => {
    const scope = { ...recurve, ...(await ownNames(example)), ...settingOf(example).make(), says };
    const { outputText } = ts.transpileModule(`async () => {\n${withChecks(example.code)}\n}`, {
      compilerOptions: { target: ts.ScriptTarget.ES2022 },
    });
    const run = new Function(...Object.keys(scope), `return (${outputText.trim().replace(/;$/, "")})();`);
    await run(...Object.values(scope));
  },
);

/** Errors are met, not made. */
const isError = (value: object): boolean => "prototype" in value && value.prototype instanceof Error;

test("every public function and class shows how it is used", () => {
  const shown = new Set(examples.map(({ owner }) => owner.split(/[ .]/)[0]));
  const made = Object.entries(recurve).filter(([, value]) => typeof value === "function" && !isError(value));
  const silent = made.filter(([name]) => !shown.has(name));
  expect(silent.map(([name]) => name)).toEqual([]);
});
