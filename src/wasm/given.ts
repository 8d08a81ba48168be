import { ArgumentError, FormatError, StateError } from "../errors.js";
import { describe } from "../shape.js";
import type { CoreExports } from "./generated/exports.js";
import { identity } from "./generated/identity.js";
import { type CoreSource, instantiateCore } from "./instantiate.js";

export * from "./generated/noParts.js";

let carried: (() => CoreSource) | undefined;
let given: WebAssembly.Module | undefined;

/** The core that the program gave, or its entry carries. @throws StateError when there is none yet */
export function source(): CoreSource {
  const found = given ?? carried?.();
  if (found !== undefined) return found;
  throw new StateError(
    "this entry of recurve carries no core. Before anything else, call useCore(source) with the content of recurve/core.wasm (recurve/core), or await ready() (recurve/url).",
  );
}

/** An instance of it. */
export function whole(): CoreExports {
  const found = source();
  if (!isModule(found)) return instantiateCore(found);
  // It needs nothing of the loader, which knows no module of another realm, such as Next.js gives its edge functions.
  return new WebAssembly.Instance(found as WebAssembly.Module).exports as unknown as CoreExports;
}

/**
 * Lets an entry of the package bring the core of this very version, for all entries that share this facade; compiled or decoded at
 * first use. A program may still give the same one itself.
 */
export function carry(source: () => CoreSource): void {
  carried = source;
}

/**
 * Gives the library its core: the content of `recurve/core.wasm`, once, before anything is made. It is compiled here and now
 * unless it comes as a module.
 *
 * @param source its bytes, or the module that a bundler or a runtime made of it
 *
 * @example
 * import wasm from "recurve/core.wasm";       // as your bundler has it: bytes, or a module
 * import { lstm, Model, useCore } from "recurve/core";
 * useCore(wasm);
 * const model = new Model(lstm(8), { inputSize: 1 });
 *
 * @throws ArgumentError when it is neither bytes nor a module; FormatError when it is not the core of this very version;
 *   StateError when a core was given before
 */
export function useCore(source: CoreSource): void {
  if (given !== undefined) {
    throw new StateError("the core was given before: there is one in a program, and all models live in its memory.");
  }
  given = requireCore(source);
}

function requireCore(source: CoreSource): WebAssembly.Module {
  const module = compiled(source);
  const [section] = WebAssembly.Module.customSections(module, "recurve");
  const found = section === undefined ? "none of recurve's" : String.fromCharCode(...new Uint8Array(section));
  // Sizes and places of the core's structs are written into both: a stranger would compute nonsense without a word.
  if (found === identity) return module;
  throw new FormatError(
    `the core that was given is ${found}, this version of recurve needs ${identity}. Give it the core.wasm of the same package.`,
  );
}

/** What something calls itself, whatever realm it comes from. */
const kindOf = (source: unknown): string => Object.prototype.toString.call(source);
const isModule = (source: CoreSource): boolean => kindOf(source) === "[object WebAssembly.Module]";

function compiled(source: CoreSource): WebAssembly.Module {
  if (isModule(source)) return source as WebAssembly.Module;
  const isView = ArrayBuffer.isView(source);
  if (kindOf(source) !== "[object ArrayBuffer]" && !isView) {
    throw new ArgumentError(`the core is wanted as bytes or as a compiled module, received ${describe(source)}.`);
  }
  try {
    // Node 20 compiles no DataView.
    const bytes = isView ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : source;
    return new WebAssembly.Module(bytes as BufferSource);
  } catch (error) {
    throw new FormatError(`the core that was given cannot be compiled: ${(error as Error).message}`);
  }
}
