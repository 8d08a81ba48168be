import type { CoreExports } from "./generated/exports.js";

/** A part of the core that only some programs use: a module of its own as text, "" where the core came whole. */
export interface Part<Name extends keyof CoreExports> {
  readonly text: string;
  /** Once it has joined the core. */
  exports?: Pick<CoreExports, Name>;
}
