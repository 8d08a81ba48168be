import { basename } from "node:path";
import ts from "typescript";
import { nodes, place, type Source } from "./source.js";

/** Longer than this, a file holds more than one concept. */
const mostLines = 300;

export function lengthViolations(source: Source): string[] {
  const lines = source.text.split("\n").length - (source.text.endsWith("\n") ? 1 : 0);
  return lines > mostLines ? [`${source.path} has ${lines} lines, at most ${mostLines} are allowed.`] : [];
}

/** The word that only one room may speak, in code or comment. */
export function wordViolations(source: Source): string[] {
  if (source.path.startsWith("src/wasm/")) return [];
  return source.text.split("\n").flatMap((line, i) => {
    return line.includes("WebAssembly")
      ? [`${source.path}:${i + 1}: WebAssembly is the business of src/wasm/ alone.`]
      : [];
  });
}

/** An index lists what a room gives out, at most as a table of its members, and holds no code of its own. */
export function indexViolations(source: Source): string[] {
  if (basename(source.path) !== "index.ts") return [];
  const others = source.tree.statements.filter((node) => {
    const isTable =
      ts.isVariableStatement(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    const isType = ts.isTypeAliasDeclaration(node);
    return !ts.isExportDeclaration(node) && !ts.isImportDeclaration(node) && !isTable && !isType;
  });
  return others.map((node) => `${place(source, node)}: an index.ts only exports.`);
}

/**
 * Importing must do nothing: bundlers drop modules whose exports nobody uses, and with them what they do on import. Only entries
 * that `package.json` names for it say where their core is.
 */
export function importEffectViolations(source: Source): string[] {
  const effects = source.tree.statements.filter((node) => {
    const isBareImport = ts.isImportDeclaration(node) && node.importClause === undefined;
    const isEffect = ts.isExpressionStatement(node) && !isCarrying(source, node);
    return isBareImport || isEffect || ts.isForOfStatement(node) || ts.isForStatement(node);
  });
  return effects.map((node) => `${place(source, node)}: importing a file must do nothing.`);
}

/** Whether an entry brings its core. */
function isCarrying({ path }: Source, node: ts.ExpressionStatement): boolean {
  return path.startsWith("src/entries/") && node.getText().startsWith("carry(");
}

/** Every import by name: a default export has another name in every file that uses it. */
export function defaultExportViolations(source: Source): string[] {
  return [...nodes(source.tree)].flatMap((node) => {
    const isDefault = ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
    const isExport = isDefault && !ts.isDefaultClause(node.parent) && !source.path.endsWith(".d.ts");
    return isExport ? [`${place(source, node)}: export by name.`] : [];
  });
}
