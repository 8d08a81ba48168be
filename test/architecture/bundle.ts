import { join } from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { withoutRuntime } from "../../scripts/withoutRuntime.js";

/** The package as one file, in the way it is published, and the file of the project that each of its names comes from. */
export interface OneFile {
  readonly text: string;
  readonly origins: ReadonlyMap<string, string>;
}

/** A number of the language stays in every bundle, but brings nothing with it. */
const CONSTANT = /^var \w+ = Number\.\w+;$/;

const shared = {
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  write: false,
  logLevel: "silent",
} as const;

/** Bundles `src/index.ts` and what it imports. */
export async function bundleWhole(root: string): Promise<OneFile> {
  const entry = join(root, "src/index.ts");
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [entry],
    absWorkingDir: root,
    plugins: [withoutRuntime],
  });
  const text = outputFiles[0]?.text ?? "";
  return { text, origins: originsOf(text) };
}

/** A statement that a bundle holds, and the file of the project that it comes from. */
export interface Kept {
  readonly file: string;
  readonly text: string;
}

/** The files of which a bundle of the one file holds anything. @param program imports it as "package" */
export async function filesKept(whole: OneFile, program: string): Promise<string[]> {
  return [...new Set((await statementsKept(whole, program)).map(({ file }) => file))].sort();
}

/** The named statements that a bundle of the one file holds. @param program imports it as "package" */
export async function statementsKept({ text, origins }: OneFile, program: string): Promise<Kept[]> {
  const { outputFiles } = await build({
    ...shared,
    stdin: { contents: program },
    plugins: [
      {
        name: "one-file",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^package$/ }, ({ path }) => ({ path, namespace: "one-file" }));
          onLoad({ filter: /./, namespace: "one-file" }, () => ({ contents: text, loader: "js" }));
        },
      },
    ],
  });
  return statementsOf(outputFiles[0]?.text ?? "").flatMap((statement) =>
    namesOf(statement).flatMap((name) => {
      const file = origins.get(name);
      const text = statement.getText();
      return file === undefined || CONSTANT.test(text) ? [] : [{ file, text }];
    }),
  );
}

/** esbuild writes the path of each file above its statements. */
function originsOf(text: string): Map<string, string> {
  const headings = [...text.matchAll(/^\/\/ (\S+\.[jt]s)$/gm)];
  const origins = new Map<string, string>();
  for (const statement of statementsOf(text)) {
    const above = headings.findLast(({ index }) => index < statement.getStart());
    for (const name of namesOf(statement)) origins.set(name, above?.[1] ?? "");
  }
  return origins;
}

function statementsOf(text: string): ts.Statement[] {
  return [...ts.createSourceFile("bundle.js", text, ts.ScriptTarget.ES2022, true).statements];
}

/** Names that a statement of the top level declares. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : name.elements.map((element) => element.getText()),
    );
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
