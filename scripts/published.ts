import { transform } from "esbuild";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

/**
 * A file as it is published. Classes have their own names: one that speaks of itself becomes `var Session = class _Session` in a
 * bundle, which is what people would see in consoles and stack traces. Comments are left out, declarations have them; marks for
 * bundlers stay. A single letter beyond ASCII makes engines hold and read a file as two bytes a letter, which took a fifth of
 * the time of its import: such a file is refused.
 */
export function published(code: string, path: string): string {
  const kept = code.replace(/^[ \t]*(\/\*\*[\s\S]*?\*\/|\/\/.*)[ \t]*\n/gm, "");
  const [found] = /.*[^\0-\x7f].*/.exec(kept) ?? [];
  if (found !== undefined) throw new Error(`${path} has a letter beyond ASCII: ${found.trim()}`);
  const names = [...kept.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name as string);
  return names.reduce((text, name) => text.replace(new RegExp(`\\b_${name}\\b`, "g"), name), kept);
}

/** Makes files as they are published. */
export const asPublished: Plugin = {
  name: "as-published",
  renderChunk: (code, { path }) => ({ code: published(code, path) }),
};

/**
 * Rewrites modules as CommonJS: esbuild shares files between modules alone, and what tsup makes of those for CommonJS replaces
 * every `?.` and `??` by calls.
 */
export const asCommonJs: Plugin = {
  name: "as-common-js",
  async renderChunk(code) {
    // Modules are strict by themselves.
    return { code: (await transform(code, { format: "cjs", target: "es2022", banner: '"use strict";' })).code };
  },
};
