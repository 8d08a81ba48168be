import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { transformSync } from "esbuild";

const root = join(fileURLToPath(import.meta.url), "..", "..");
const PAGE = 65536;

/** The core's kernels by address, with a bump allocator: what the facade adds is measured apart. */
export function loadCore(file = join(root, "build", "release.wasm")) {
  const imports = {
    env: {
      abort: () => {
        throw new Error("the core aborted");
      },
    },
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)), imports);
  return withAllocator(exports, exports.heapBase());
}

function withAllocator(exports, base) {
  let next = (base + 63) & -64;
  return {
    exports,
    /** A zeroed block of `count` 4-byte words, aligned to a cache line. */
    allocate(count) {
      const address = next;
      next = (next + count * 4 + 63) & -64;
      const missing = next - exports.memory.buffer.byteLength;
      if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
      return address;
    },
    /** A block of `count` numbers in (−scale, scale), the same in every run. */
    random(count, scale = 1) {
      const address = this.allocate(count);
      const values = this.floats(address, count);
      for (let index = 0; index < count; index++) values[index] = scale * (fraction(index + address) * 2 - 1);
      return address;
    },
    floats: (address, count) => new Float32Array(exports.memory.buffer, address, count),
    ints: (address, count) => new Int32Array(exports.memory.buffer, address, count),
    release(mark) {
      next = mark;
    },
    mark: () => next,
  };
}

/** A number in [0, 1) from a place: Weyl's sequence of the golden ratio. */
function fraction(place) {
  const x = (place + 1) * 0.6180339887498949;
  return x - Math.floor(x);
}

/** Word offsets of the plans' fields, as the facade has them. */
export async function planOffsets() {
  const source = readFileSync(join(root, "src", "wasm", "generated", "plan.ts"), "utf8");
  const { code } = transformSync(source, { loader: "ts", format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

/** Compiles peak.ts with the core's compiler and settings. */
export async function loadPeak() {
  const folder = join(root, "build", "bench");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "peak.wasm");
  const options = [
    "peak.ts",
    "--baseDir",
    join(root, "bench"),
    "-o",
    file,
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--enable",
    "simd",
  ];
  const { error, stderr } = await asc.main(options);
  if (error) throw new Error(`bench/peak.ts does not compile: ${stderr.toString()}`);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
  return exports;
}
