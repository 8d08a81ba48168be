import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import ts from "typescript";

/** Rooms whose layers and cells know how to go back through time. */
const ROOMS = /src[\\/](architectures|cells|layers)[\\/]\w+\.ts$/;
/** Members that a training alone calls: `backward`, and its parts such as `backwardKeys`, `gradients`, and `requireTargets`. */
const WAY_BACK = /^#?(backward[A-Z]?\w*|gradients|requireTargets)$/;

/** What is taken out. */
const KINDS = ["variables", "members", "flags"] as const;
type Kind = (typeof KINDS)[number];

/**
 * For the build that only predicts: in the rooms of layers and cells, the way back is an empty function and `training` is
 * false, so that the bundler leaves out what only these used. Nothing in such a build could call or set them. A build in
 * which nothing of a kind was found fails: the names of the sources are others by then.
 */
export const withoutWayBack: Plugin = {
  name: "without-way-back",
  setup({ onLoad, onEnd }) {
    const found = new Set<Kind>();
    onLoad({ filter: ROOMS }, ({ path }) => ({
      contents: forward(readFileSync(path, "utf8"), path, found),
      loader: "ts",
    }));
    onEnd(() => ({
      errors: KINDS.filter((kind) => !found.has(kind)).map((kind) => ({
        text: `no ${kind} of the way back were found`,
      })),
    }));
  },
};

/** The text of a file without the way back. @param found takes note of what was taken out */
export function forward(text: string, path: string, found = new Set<Kind>()): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const { transformed } = ts.transform(source, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => ts.visitEachChild(replacement(node, found) ?? node, visit, context);
      return ts.visitEachChild(root, visit, context);
    },
  ]);
  return ts.createPrinter().printFile(transformed[0] as ts.SourceFile);
}

function replacement(node: ts.Node, found: Set<Kind>): ts.Node | undefined {
  const { factory } = ts;
  if (ts.isObjectBindingPattern(node)) {
    const elements = node.elements.filter((element) => !isOfWayBack(element));
    if (elements.length < node.elements.length) found.add("variables");
    return factory.updateObjectBindingPattern(node, elements);
  }
  if (isWayBack(node)) {
    found.add("members");
    const nothing = factory.createBlock([]);
    return factory.createMethodDeclaration([], undefined, node.name, undefined, undefined, [], undefined, nothing);
  }
  if (!isTrainingFlag(node)) return undefined;
  found.add("flags");
  return factory.createFalse();
}

/** A variable that nothing is left to use: `training`, or a kernel taken from the core, named as all kernels of the way back are. */
function isOfWayBack({ name }: ts.BindingElement): boolean {
  return ts.isIdentifier(name) && /^training$|.(Backward|Gradients)$/.test(name.text);
}

function isWayBack(node: ts.Node): node is ts.ObjectLiteralElementLike & { readonly name: ts.PropertyName } {
  const isMember =
    ts.isMethodDeclaration(node) || ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node);
  const hasName = isMember && (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name));
  return hasName && WAY_BACK.test(node.name.text);
}

/** `planner.training`, or the variable taken from it; not where it is declared or names a member. */
function isTrainingFlag(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(node)) return node.name.text === "training";
  if (!ts.isIdentifier(node) || node.text !== "training") return false;
  const isDeclared = ts.isBindingElement(parent) || ts.isParameter(parent) || ts.isPropertySignature(parent);
  return !isDeclared && !(ts.isPropertyAssignment(parent) && parent.name === node);
}
