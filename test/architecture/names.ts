import { basename } from "node:path";
import ts from "typescript";
import { nodes, place, type Source } from "./source.js";

const memberFile = /^src\/(cells|losses|optimizers|schedules)\/(?!index\.ts)[^/]+\.ts$/;
const askingMethods = new Set(["includes", "startsWith", "endsWith", "indexOf", "match", "test", "has", "is"]);

/**
 * Names of cells, losses and optimizers, each with the file it belongs to. A member is a file that calls `defineX` or
 * has a kernel of the same name in the core; its names are the file's own and those it gives to `defineX`.
 */
export function memberNames(sources: readonly Source[], corePaths: readonly string[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const source of sources.filter(({ path }) => memberFile.test(path))) {
    const definitions = [...nodes(source.tree)].filter(isDefinition);
    const isMember = definitions.length > 0 || corePaths.includes(source.path.replace(/^src/, "assembly"));
    if (isMember) names.set(basename(source.path, ".ts"), source.path);
    for (const name of definitions.flatMap(namesGiven)) names.set(name, source.path);
  }
  return names;
}

function isDefinition(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && /^define[A-Z]/.test(node.expression.text);
}

function namesGiven(call: ts.CallExpression): string[] {
  const [first] = call.arguments;
  if (first === undefined) return [];
  if (ts.isStringLiteralLike(first)) return [first.text];
  if (!ts.isObjectLiteralExpression(first)) return [];
  return first.properties.flatMap((property) => {
    const isName = ts.isPropertyAssignment(property) && /^(name|type)$/.test(property.name.getText());
    return isName && ts.isStringLiteralLike(property.initializer) ? [property.initializer.text] : [];
  });
}

/** Places that ask a cell, loss or optimizer who it is, instead of reading a property of its descriptor. */
export function nameViolations(source: Source, names: ReadonlyMap<string, string>): string[] {
  const isForeign = (name: string) => names.has(name) && names.get(name) !== source.path;
  const imported = importedMembers(source);
  const isMember = (node: ts.Node): boolean =>
    (ts.isStringLiteralLike(node) && isForeign(node.text)) || (ts.isIdentifier(node) && imported.has(node.text));
  return [...nodes(source.tree)]
    .flatMap((node) => askedOf(node))
    .filter(isMember)
    .map(
      (node) => `${place(source, node)}: shared code asks for ${node.getText()} by name; read its descriptor instead.`,
    );
}

/** Local names of what is imported from the members' files: comparing with one of them is asking for its name too. */
function importedMembers(source: Source): Set<string> {
  const imports = source.tree.statements.filter((node) => ts.isImportDeclaration(node));
  const members = imports.filter(({ moduleSpecifier }) => {
    return ts.isStringLiteral(moduleSpecifier) && /\/(cells|losses|optimizers)\/(?!index)/.test(moduleSpecifier.text);
  });
  const bindings = members.flatMap(({ importClause }) => {
    const named = importClause?.namedBindings;
    return named !== undefined && ts.isNamedImports(named) ? named.elements.map((element) => element.name.text) : [];
  });
  return new Set(bindings);
}

/** What a node compares something with. */
function askedOf(node: ts.Node): ts.Node[] {
  if (ts.isBinaryExpression(node) && /^[!=]==?$/.test(node.operatorToken.getText())) return [node.left, node.right];
  if (ts.isCaseClause(node)) return [node.expression];
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  if (!askingMethods.has(node.expression.name.text)) return [];
  const receiver = node.expression.expression;
  return [...node.arguments, ...(ts.isArrayLiteralExpression(receiver) ? receiver.elements : [])];
}
