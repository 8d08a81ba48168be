import { transform } from "esbuild";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

/**
 * Gives classes their own names: a class that speaks of itself becomes `var Session = class _Session` in the bundle, which is
 * what people would see in consoles and stack traces.
 */
export const plainNames: Plugin = {
  name: "plain-names",
  renderChunk(code) {
    const names = [...code.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name as string);
    return { code: names.reduce((text, name) => text.replace(new RegExp(`\\b_${name}\\b`, "g"), name), code) };
  },
};

/**
 * Leaves comments out of the published files, whose declarations have them; marks for bundlers stay. A single letter beyond
 * ASCII makes engines hold and read a file as two bytes a letter, which took a fifth of the time of its import: such a file
 * is refused.
 */
export const withoutComments: Plugin = {
  name: "without-comments",
  renderChunk(code, { path }) {
    const kept = code.replace(/^[ \t]*(\/\*\*[\s\S]*?\*\/|\/\/.*)[ \t]*\n/gm, "");
    const [found] = /.*[^\0-\x7f].*/.exec(kept) ?? [];
    if (found !== undefined) throw new Error(`${path} has a letter beyond ASCII: ${found.trim()}`);
    return { code: kept };
  },
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
