import { Hash } from "../tensor/hash.js";
import type { Dataset } from "./dataset.js";
import { perStep, Sequences } from "./sequences.js";

/** Those already told: a dataset's examples stay as they are. */
const known = new WeakMap<Dataset, string>();

/**
 * A 64-bit fingerprint of examples: their number, lengths and values, whatever form they were given in. Two datasets of
 * the same fingerprint hold the same examples in the same order.
 *
 * @example
 * fingerprint(dataset({ input, target }));   // "8f1d03…", 16 hexadecimal digits
 */
export function fingerprint(data: Dataset): string {
  const found = known.get(data);
  if (found !== undefined) return found;
  const hash = new Hash().word(data.count);
  addFields(hash, data);
  known.set(data, hash.hex);
  return hash.hex;
}

/** Every field that holds sequences, by its name: what a dataset has besides input and target counts too. */
function addFields(hash: Hash, fields: object): void {
  for (const name of Object.keys(fields).sort()) {
    const value: unknown = (fields as Record<string, unknown>)[name];
    if (value === undefined) continue;
    // A target's [time] is as good as [time, 1].
    if (value instanceof Sequences) addSequences(hash.text(name), name === "target" ? perStep(value) : value);
    else if (typeof value === "number") hash.text(name).text(String(value));
    else if (value instanceof Map) addFields(hash.text(name), Object.fromEntries(value));
    else if (value instanceof Float32Array) hash.text(name).word(value.length).floats(value);
    else if (typeof value === "object" && value !== null) addFields(hash.text(name), value);
  }
}

function addSequences(hash: Hash, { values, starts, lengths, width }: Sequences): void {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length);
  hash.word(width).words(lengths);
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] as number;
    hash.words(words, start, start + (lengths[index] as number) * width);
  }
}
