/**
 * Turns the declarations that `asc --bindings raw` writes into one interface, `CoreExports`.
 * The comments asc writes are kept: they name the source of each export and the core's own types (`i32`, `f64`).
 */
export function exportsInterface(declarations) {
  const body = /declare namespace __AdaptedExports \{\n([\s\S]*?)\n\}/.exec(declarations)?.[1];
  if (body === undefined)
    throw new Error("asc wrote no namespace __AdaptedExports: has the format of its bindings changed?");
  const members = body
    .replace(/^ {2}export function /gm, "  ")
    .replace(/^ {2}export const /gm, "  readonly ")
    // A plan crosses the boundary as its address: the comment above each export says which plan.
    .replace(/__Record\d+<\w+>/g, "number")
    // A program's compiler knows `WebAssembly` by the libraries of browsers only, and not every program has them.
    .replace("WebAssembly.Memory", "{ readonly buffer: ArrayBuffer; grow(pages: number): number }");
  if (/\bexport\b/.test(members)) throw new Error(`asc declared an export of an unknown kind:\n${members}`);
  return `/** What the core exports. Addresses are bytes from the start of \`memory\`. */\nexport interface CoreExports {\n${members}\n}\n`;
}
