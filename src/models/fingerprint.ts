import type { Layer } from "../layers/layer.js";
import { Hash } from "../tensor/hash.js";
import { ints } from "../wasm/memory.js";
import type { Interior } from "./interior.js";

/** The fingerprint of a model as two words and as people compare it. */
export interface Fingerprint {
  readonly low: number;
  readonly high: number;
  /** 16 hexadecimal digits. */
  readonly hex: string;
}

/**
 * 64 bits that tell models apart: of the specification as JSON with sorted names, the input size, and every bit of the
 * weights. The same on every runtime and machine.
 */
export function fingerprintOf({ layer, inputSize, parameters }: Interior): Fingerprint {
  const start = parameters.values >> 2;
  const { low, high, hex } = new Hash()
    .text(canonicalJson(layer))
    .word(inputSize)
    .words(ints, start, start + parameters.length);
  return { low, high, hex };
}

/** Equal specifications give equal texts, in whatever order their options were written. */
function canonicalJson(layer: Layer): string {
  return JSON.stringify(layer, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
