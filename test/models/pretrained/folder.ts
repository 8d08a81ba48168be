import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Tensor } from "../../../src/index.js";

/** The folder with the networks of others: `npm run test:models -- --dir <folder>`. */
function pathOf(parts: readonly string[]): string {
  const folder = process.env.RECURVE_MODELS;
  if (folder === undefined)
    throw new Error("RECURVE_MODELS names no folder: run npm run test:models -- --dir <folder>");
  const path = join(folder, ...parts);
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  return path;
}

export function readBytes(...parts: string[]): Uint8Array {
  return readFileSync(pathOf(parts));
}

export function readText(...parts: string[]): string {
  return readFileSync(pathOf(parts), "utf8");
}

export function readJson<T>(...parts: string[]): T {
  return JSON.parse(readText(...parts)) as T;
}

/** Little-endian float32 values in a given shape. */
export function readFloats(shape: readonly number[], ...parts: string[]): Tensor {
  return tensorOf(new Float32Array(Uint8Array.from(readBytes(...parts)).buffer), shape);
}

export function tensorOf(values: ArrayLike<number>, shape: readonly number[]): Tensor {
  return new Tensor(Float32Array.from(values), shape);
}

/** Rows of an embedding [vocabulary, size] as one sequence [1, tokens, size]. */
export function embedded({ data, shape: [, size] }: Tensor, tokens: readonly number[]): Tensor {
  const values = new Float32Array(tokens.length * size);
  tokens.forEach((token, step) => values.set(data.subarray(token * size, (token + 1) * size), step * size));
  return new Tensor(values, [1, tokens.length, size]);
}

/** max|a − b| / max|b|. */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length)
    throw new Error(`${found.length} values cannot be compared with ${expected.length}`);
  let [worst, scale] = [0, 0];
  for (let index = 0; index < expected.length; index++) {
    const away = Math.abs(found[index] - expected[index]);
    worst = Math.max(worst, Number.isNaN(away) ? Infinity : away);
    scale = Math.max(scale, Math.abs(expected[index]));
  }
  return worst / scale;
}

/** The place of the largest value. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index] > values[best]) best = index;
  return best;
}

/** −ln of the softmax of logits at a place. */
export function crossEntropyAt(logits: ArrayLike<number>, target: number): number {
  const most = logits[argmax(logits)];
  const sum = Array.from(logits).reduce((total, value) => total + Math.exp(value - most), 0);
  return Math.log(sum) + most - logits[target];
}
