import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import ts from "typescript";

const LOADER = /@assemblyscript[\\/]loader[\\/]index\.js$/;

/**
 * Functions of the loader that make an instance: as they are, or what takes the place of one that serves cores which import
 * functions, or export a runtime for strings, arrays and classes. The package's cores do neither (`test/loader/loader.test.ts`).
 */
const FUNCTIONS: Readonly<Record<string, string | undefined>> = {
  isModule: undefined,
  preInstantiate: "function preInstantiate() { return {}; }",
  postInstantiate: "function postInstantiate(_, instance) { return instance.exports; }",
  instantiateSync: undefined,
};

/**
 * For the builds of the package: of the loader only what instantiates a core. The rest of it is larger than all the losses, and
 * makes a `TextDecoder` when it is evaluated, which an AudioWorklet has not. A build fails in which the loader is another.
 */
export const withoutRuntime: Plugin = {
  name: "without-runtime",
  setup({ onLoad, onEnd }) {
    let isFound = false;
    onLoad({ filter: LOADER }, ({ path }) => {
      isFound = true;
      return { contents: instantiating(readFileSync(path, "utf8")), loader: "js" };
    });
    onEnd(() => ({ errors: isFound ? [] : [{ text: "the loader was not found" }] }));
  },
};

/** The functions of the loader's text that make an instance. @throws Error when it lacks one */
export function instantiating(text: string): string {
  const { statements } = ts.createSourceFile("loader.js", text, ts.ScriptTarget.ES2022, true);
  const kept = Object.entries(FUNCTIONS).map(([name, instead]) => {
    const found = statements.find((statement) => ts.isFunctionDeclaration(statement) && statement.name?.text === name);
    if (found === undefined) throw new Error(`the loader has no ${name}`);
    return instead ?? found.getText();
  });
  return kept.join("\n");
}
