import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Both builds: `debug` keeps assertions, `release` is what ships. Kernel tests run on each. */
export const targets = ["release", "debug"] as const;
export type Target = (typeof targets)[number];

/** Every export is a function of numbers; a misspelt one is `undefined` and fails at its first call. */
export type Kernels = Record<string, (...values: number[]) => number> & { memory: WebAssembly.Memory };

export interface Core {
  exports: Kernels;
  /** A fresh, zeroed, 16-byte aligned block; memory grows as needed and nothing is freed. */
  allocate(bytes: number): number;
  /** Views go stale when a later `allocate` grows memory: take them after the last one. */
  floats(address: number, length: number): Float32Array;
  ints(address: number, length: number): Int32Array;
  doubles(address: number, length: number): Float64Array;
  /** A block holding these numbers as float32. */
  put(values: ArrayLike<number>): number;
}

const page = 65536;

function readText(memory: WebAssembly.Memory, address: number): string {
  const length = new Uint32Array(memory.buffer)[(address >>> 2) - 1] >>> 1;
  return String.fromCharCode(...new Uint16Array(memory.buffer, address, length));
}

function instantiate(file: string): Kernels {
  const module = new WebAssembly.Module(readFileSync(file));
  const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
    env: {
      abort(message: number, source: number, line: number, column: number): never {
        const { memory } = instance.exports as Kernels;
        const text = message ? readText(memory, message) : "abort";
        throw new Error(`${text} (${source ? readText(memory, source) : "core"}:${line}:${column})`);
      },
    },
  });
  return instance.exports as Kernels;
}

/** A core of its own, read from `build/`, for tests that call kernels by address. */
export function loadCore(target: Target): Core {
  const exports = instantiate(fileURLToPath(new URL(`../../build/${target}.wasm`, import.meta.url)));
  const { memory } = exports;
  let next = (exports.heapBase() + 15) & -16;
  function allocate(bytes: number): number {
    const address = next;
    next = (next + bytes + 15) & -16;
    const missing = next - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / page));
    return address;
  }
  const floats = (address: number, length: number) => new Float32Array(memory.buffer, address, length);
  return {
    exports,
    allocate,
    floats,
    ints: (address, length) => new Int32Array(memory.buffer, address, length),
    doubles: (address, length) => new Float64Array(memory.buffer, address, length),
    put(values) {
      const address = allocate(values.length * 4);
      floats(address, values.length).set(values);
      return address;
    },
  };
}
