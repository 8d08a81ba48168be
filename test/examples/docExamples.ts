import { join } from "node:path";
import ts from "typescript";
import { nodes, sourcesUnder } from "../architecture/source.js";

/** An `@example` of a doc comment. */
export interface DocExample {
  /** The name it explains, `run` in a class; with a number where it has several. */
  readonly owner: string;
  /** Its file, from the root on. */
  readonly file: string;
  readonly code: string;
}

type Documented = ts.Node & { readonly jsDoc?: readonly ts.JSDoc[] };

/** Every example of the facade, in the order of files. */
export function docExamples(root = join(import.meta.dirname, "..", "..")): DocExample[] {
  return sourcesUnder(root, "src").flatMap(({ path, tree }) =>
    [...nodes(tree)].flatMap((node) => {
      const tags = ((node as Documented).jsDoc ?? []).flatMap(({ tags = [] }) => [...tags]);
      const examples = tags.filter(({ tagName }) => tagName.text === "example");
      return examples.map((tag, index) => ({
        owner: ownerOf(node) + (index === 0 ? "" : ` ${index + 1}`),
        file: path,
        code: codeOf(tag.getText(tree)),
      }));
    }),
  );
}

/** Comments of a `const` belong to its statement. */
function ownerOf(node: ts.Node): string {
  const named = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
  const name = (named as Partial<ts.NamedDeclaration>).name?.getText() ?? "";
  return ts.isClassElement(node) ? `${ownerOf(node.parent)}.${name}` : name;
}

function codeOf(tag: string): string {
  const lines = tag.split("\n").map((line) => line.replace(/^\s*\* ?/, ""));
  return lines.slice(1).join("\n").trim();
}

/** A value that an example says of an expression: `labelErrorRate(…);   // 0.25`. */
const told = /^([^\n]*);\s*\/\/ ([^\n]+)$/;

/**
 * The code with a call of `says(value, told)` round every expression whose comment is its value as JSON: other comments are for
 * people alone.
 */
export function withChecks(code: string): string {
  const tree = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const places = tree.statements.filter(ts.isExpressionStatement).map((statement) => statement.getStart());
  const lines = code.split("\n");
  for (const place of places) {
    const { line } = tree.getLineAndCharacterOfPosition(place);
    const [, expression, comment] = told.exec(lines[line] as string) ?? [];
    if (comment !== undefined && isJson(comment)) lines[line] = `says(${expression}, ${comment});`;
  }
  return lines.join("\n");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
