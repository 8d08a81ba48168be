import { posix } from "node:path";
import ts from "typescript";
import { nodes, place, type Source } from "./source.js";

/**
 * The rooms of `src/` from the ground up. A file imports from lower rooms or its own, never from a neighbour at its
 * height or from above. Models read files and know architectures, training works on models: hence their order.
 */
const floors = [
  ["errors", "shape", "brand", "activations"],
  ["wasm"],
  ["tensor"],
  ["initializers", "data"],
  ["cells", "losses", "optimizers", "schedules"],
  ["layers"],
  ["architectures", "decoding", "formats"],
  ["models"],
  ["training"],
  ["tasks", "diagnostics"],
  ["index", "predict"],
  // The same again, with a core that comes from outside or whole.
  ["core", "url", "entries"],
];
const heights: Readonly<Record<string, number>> = Object.fromEntries(
  floors.flatMap((rooms, height) => rooms.map((room) => [room, height])),
);

/** Imports that lead upward, sideways, or out of the package. */
export function importViolations(source: Source): string[] {
  const from = roomOf(source.path);
  if (heights[from] === undefined) return [`${source.path}: the room "${from}" has no height.`];
  return importsOf(source).flatMap(({ specifier, node }) => {
    const complaint = complain(source.path, from, specifier);
    return complaint === undefined ? [] : [`${place(source, node)}: ${complaint}`];
  });
}

function complain(path: string, from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return complainOfPackage(from, specifier);
  if (!/\.js$|\.wasm(\?module)?$/.test(specifier)) return `"${specifier}" must end in .js.`;
  const to = roomOf(posix.join(posix.dirname(path), specifier));
  if (heights[to] === undefined) return `"${specifier}" leads out of src/ or into a room without a height.`;
  // The files at the foundation are one room: they know each other and nothing else.
  const isOwn = to === from || (heights[to] === 0 && heights[from] === 0);
  if (isOwn || heights[to] < heights[from]) return undefined;
  return `${from} (height ${heights[from]}) must not import from ${to} (height ${heights[to]}).`;
}

function complainOfPackage(from: string, specifier: string): string | undefined {
  const isLoader = specifier === "@assemblyscript/loader" || specifier === "#wasm";
  if (!isLoader) return `"${specifier}" is not ours: the package depends on nothing at run time.`;
  return from === "wasm" ? undefined : `only src/wasm/ may import "${specifier}".`;
}

/** The first name of a path below src/: a folder, or a file without its ending. */
function roomOf(path: string): string {
  const [top, room] = path.split("/");
  return top === "src" && room !== undefined ? room.replace(/\.(ts|js)$/, "") : "";
}

function importsOf(source: Source): { specifier: string; node: ts.Node }[] {
  const found: { specifier: string; node: ts.Node }[] = [];
  for (const node of nodes(source.tree)) {
    const specifier = specifierOf(node);
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, node });
  }
  return found;
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? node.arguments[0] : undefined;
}

/**
 * Members of a mirrored room of the core that have no file of the same name on the facade's side. A member is a file
 * that exports something named after itself (`adam.ts`: `adamUpdate`); what its neighbours share is none.
 */
export function mirrorViolations(core: readonly Source[], facade: readonly Source[]): string[] {
  const known = new Set(facade.map(({ path }) => path));
  return core
    .filter((source) => /^assembly\/(cells|losses|optimizers)\//.test(source.path) && isMember(source))
    .map(({ path }) => [path, path.replace(/^assembly/, "src")] as const)
    .filter(([, mirror]) => !known.has(mirror))
    .map(([path, mirror]) => `${path} has no ${mirror}.`);
}

function isMember({ path, tree }: Source): boolean {
  const own = posix.basename(path, ".ts");
  return tree.statements.some((node) => ts.isFunctionDeclaration(node) && node.name?.text.startsWith(own) === true);
}
