import { StateError } from "../errors.js";
import { core } from "./core.js";

/*
 * The core's linear memory, kept from here: a free list whose bookkeeping lives in JavaScript.
 *
 *   0 … heapBase   static tables of the core
 *   heapBase …     blocks, each a multiple of 16 bytes at an address that is one too
 *   the last 64 bytes are never given out: kernels may read (not write) up to 60 bytes beyond a row
 */

const PAGE = 65536;
const SLACK = 64;
/** Whole pages: addresses are signed in the kernels' loops. */
const MOST_BYTES = 0x7fff_0000;

/** The whole memory as float32. Replaced when the memory grows: read it anew after every allocation. */
export let floats = /* @__PURE__ */ new Float32Array(0);
/** The whole memory as int32. Replaced when the memory grows. */
export let ints = /* @__PURE__ */ new Int32Array(0);
/** The whole memory as float64. Replaced when the memory grows. */
export let doubles = /* @__PURE__ */ new Float64Array(0);

/** Free blocks in order of address, never adjacent to each other. */
const free: { address: number; bytes: number }[] = [];
/** Bytes of each block given out. */
const used = new Map<number, number>();
let top = 0;
let usedBytes = 0;

function refreshViews(): void {
  const { buffer } = core().memory;
  floats = new Float32Array(buffer);
  ints = new Int32Array(buffer);
  doubles = new Float64Array(buffer);
}

/**
 * What the core's memory holds: to see that nothing is left behind.
 *
 * @example
 * const before = memoryUsage().used;
 * new Model(lstm(8), { inputSize: 1 }).dispose();
 * memoryUsage().used === before;   // true
 */
export function memoryUsage(): {
  /** Bytes in live blocks: those of models, their plans, and optimizers. */
  used: number;
  /** Bytes of the whole memory, which grows and never shrinks. */
  total: number;
} {
  return { used: usedBytes, total: ints.byteLength };
}

function grow(bytes: number): void {
  const { memory } = core();
  const present = memory.buffer.byteLength;
  const needed = top + bytes + SLACK - present;
  if (needed > 0) {
    if (top + bytes + SLACK > MOST_BYTES) throw full(bytes);
    // A quarter more than asked for: growing costs up to milliseconds and replaces every view.
    const ample = Math.min(needed + present / 4, MOST_BYTES - present);
    if (![ample, needed].some(growBy)) throw full(bytes);
  }
  if (ints.buffer !== memory.buffer) refreshViews();
}

/** Whether the host gave that many bytes more. */
function growBy(bytes: number): boolean {
  try {
    core().memory.grow(Math.ceil(bytes / PAGE));
    return true;
  } catch {
    return false;
  }
}

function full(bytes: number): StateError {
  return new StateError(
    `recurve needs ${bytes} more bytes beside the ${usedBytes} in use, but there is no room (2 GiB at most, or what the host gives). ` +
      "Use fewer units, smaller batches or shorter windows, and dispose models that are no longer needed.",
  );
}

/** Index of the first free block at or beyond an address. */
function freeIndex(address: number): number {
  let low = 0;
  let high = free.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((free[middle] as { address: number }).address < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A block of zeros, 16-byte aligned.
 * @throws StateError when there is no room for it
 */
export function allocate(bytes: number): number {
  // Before any rounding to 32 bits, which would make a small block of a huge one.
  if (!(bytes <= MOST_BYTES)) throw full(bytes);
  const size = Math.max(16, (bytes + 15) & ~15);
  if (top === 0) top = (core().heapBase() + 15) & ~15;
  let address = -1;
  for (let index = 0; index < free.length; index++) {
    const block = free[index] as { address: number; bytes: number };
    if (block.bytes < size) continue;
    address = block.address;
    if (block.bytes === size) free.splice(index, 1);
    else {
      block.address += size;
      block.bytes -= size;
    }
    break;
  }
  if (address < 0) {
    grow(size);
    address = top;
    top += size;
  }
  used.set(address, size);
  usedBytes += size;
  ints.fill(0, address >> 2, (address + size) >> 2);
  return address;
}

/** Gives a block back; it joins its free neighbours, and the top of the heap sinks when it was the last. */
export function release(address: number): void {
  const bytes = used.get(address);
  if (bytes === undefined)
    throw new StateError(`memory at ${address} was released twice; this is a defect of recurve.`);
  used.delete(address);
  usedBytes -= bytes;
  if (core().isDebug()) floats.fill(Number.NaN, address >> 2, (address + bytes) >> 2);
  const index = freeIndex(address);
  const before = free[index - 1];
  const after = free[index];
  if (before !== undefined && before.address + before.bytes === address) {
    before.bytes += bytes;
    if (after !== undefined && before.address + before.bytes === after.address) {
      before.bytes += after.bytes;
      free.splice(index, 1);
    }
  } else if (after !== undefined && address + bytes === after.address) {
    after.address = address;
    after.bytes += bytes;
  } else free.splice(index, 0, { address, bytes });
  const last = free[free.length - 1];
  if (last !== undefined && last.address + last.bytes === top) {
    top = last.address;
    free.pop();
  }
}
