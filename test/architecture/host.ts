import ts from "typescript";
import { nodes, place, type Source } from "./source.js";

/** Functions whose result the language fixes to the last bit, and constants; every other one differs between engines. */
const exactMath = new Set(
  "sqrt abs min max floor ceil round trunc fround imul clz32 PI E LN2 LN10 LOG2E LOG10E SQRT2 SQRT1_2".split(" "),
);

/** Globals that some supported runtime lacks, or that would reach out of the package. */
const hostGlobals = new Set(
  "TextDecoder TextEncoder atob btoa crypto Buffer process fetch Response window document navigator require eval console".split(
    " ",
  ),
);
/** Clocks, only for yielding in time and telling people how far a training is: no number that is kept depends on one. */
const clockGlobals = new Set("Date performance".split(" "));
/** Ways to yield to the event loop, only for long work. */
const turnGlobals = new Set("setTimeout setInterval setImmediate queueMicrotask MessageChannel scheduler".split(" "));

/** The one entry whose core is fetched. */
const fetchFile = "src/wasm/beside.ts";
const clockFile = "src/training/pace.ts";

/** Elementary functions of the host, in any form: `Math.exp`, `const { exp } = Math`, `Math["exp"]`, `**`. */
export function mathViolations(source: Source): string[] {
  return [...nodes(source.tree)].flatMap((node) => {
    if (isPower(node)) return [`${place(source, node)}: ** differs between engines; multiply, or ask the core.`];
    if (!isReference(node, "Math") || isExactUse(node)) return [];
    return [`${place(source, node)}: ${node.parent.getText()} differs between engines; ask the core.`];
  });
}

function isPower(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.AsteriskAsteriskToken || node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
}

function isExactUse(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isPropertyAccessExpression(parent) && parent.expression === node && exactMath.has(parent.name.text);
}

/** Globals that are not there everywhere, clocks outside the report of progress, timers outside training. */
export function hostViolations(source: Source): string[] {
  const declared = declaredNames(source);
  return [...nodes(source.tree)].flatMap((node) => {
    const name = globalName(node, declared);
    if (name === undefined || isAllowed(source.path, name)) return [];
    return [`${place(source, node)}: ${name} is not everywhere the package runs, or no business of this file.`];
  });
}

function isAllowed(path: string, name: string): boolean {
  if (name === "fetch") return path === fetchFile;
  if (hostGlobals.has(name)) return false;
  if (clockGlobals.has(name)) return path === clockFile;
  return !turnGlobals.has(name) || path.startsWith("src/training/");
}

/** The global a node stands for, as a bare name or as `globalThis.name`. */
function globalName(node: ts.Node, declared: ReadonlySet<string>): string | undefined {
  if (!ts.isIdentifier(node)) return undefined;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return parent.expression.getText() === "globalThis" ? node.text : undefined;
  }
  return isReference(node, node.text) && !declared.has(node.text) ? node.text : undefined;
}

/** A name that is read, not one that names a property, a declaration or an import. */
function isReference(node: ts.Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false;
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  const named = parent as { name?: ts.Node };
  return named.name !== node || ts.isShorthandPropertyAssignment(parent);
}

function declaredNames(source: Source): Set<string> {
  const names = new Set<string>();
  for (const node of nodes(source.tree)) {
    const isDeclaration =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node);
    if (isDeclaration && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
  }
  return names;
}
