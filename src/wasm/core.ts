import { whole } from "#wasm";
import { decode } from "./decode.js";
import type { CoreExports, PartName } from "./generated/exports.js";
import { instantiateCore } from "./instantiate.js";
import type { Part } from "./part.js";

let instance: CoreExports | undefined;

/** The one core of this realm: compiled and instantiated by the first call, the same object ever after. */
export function core(): Omit<CoreExports, PartName> {
  return wholeOrBase();
}

/** The exports of a part of the core, which the first call makes join the core's memory and table. */
export function joined<Name extends PartName>(part: Part<Name>): Pick<CoreExports, Name> {
  if (part.text === "") return wholeOrBase();
  part.exports ??= instantiateCore(decode(part.text), wholeOrBase());
  return part.exports;
}

function wholeOrBase(): CoreExports {
  instance ??= whole();
  return instance;
}
