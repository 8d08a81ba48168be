import { expect, test } from "vitest";
import { StateError } from "../../src/errors.js";
import { core } from "../../src/wasm/core.js";
import { allocate, floats, ints, memoryUsage, release } from "../../src/wasm/memory.js";
import { Region } from "../../src/wasm/region.js";
import { expectRefusal } from "../support/refusal.js";

/** Small whole numbers from a linear congruential generator: the same on every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * sides);
  };
}

interface Block {
  readonly address: number;
  readonly bytes: number;
  readonly mark: number;
}

const isIntact = ({ address, bytes, mark }: Block): boolean =>
  ints.subarray(address >> 2, (address + bytes) >> 2).every((word) => word === mark);

test.each([1, 2, 3, 4])("random allocations never overlap, are aligned and begin as zeros (sequence %i)", (seed) => {
  const throwDie = dice(seed);
  const start = memoryUsage().used;
  const live: Block[] = [];
  for (let turn = 0; turn < 3000; turn++) {
    if (live.length > 0 && throwDie(100) < 48) {
      const [gone] = live.splice(throwDie(live.length), 1) as [Block];
      expect(isIntact(gone)).toBe(true);
      release(gone.address);
    } else {
      const bytes = 4 * throwDie(throwDie(10) === 0 ? 20_000 : 60);
      const address = allocate(bytes);
      const block = { address, bytes, mark: turn + 1 };
      expect(address % 16).toBe(0);
      expect(address).toBeGreaterThanOrEqual(core().heapBase());
      expect(address + bytes + 64).toBeLessThanOrEqual(ints.byteLength);
      expect(isIntact({ ...block, mark: 0 })).toBe(true);
      ints.fill(block.mark, address >> 2, (address + bytes) >> 2);
      live.push(block);
    }
  }
  expect(live.every(isIntact)).toBe(true);
  for (const { address } of live) release(address);
  expect(memoryUsage().used).toBe(start);
});

test("blocks released in any order become one again: the same room serves one block as large as all of them", () => {
  const throwDie = dice(9);
  const sizes = Array.from({ length: 40 }, () => 16 * (1 + throwDie(50)));
  const addresses = sizes.map(allocate);
  const sum = sizes.reduce((total, size) => total + size, 0);
  const first = Math.min(...addresses);
  while (addresses.length > 0) release(addresses.splice(throwDie(addresses.length), 1)[0] as number);
  const { total } = memoryUsage();
  const address = allocate(sum);
  expect(address).toBeLessThanOrEqual(first);
  expect(memoryUsage().total).toBe(total);
  release(address);
});

test("a block released twice is a defect that is told", () => {
  const address = allocate(32);
  release(address);
  expectRefusal(() => release(address), StateError, "twice");
});

test("more than there can be is refused, and nothing changes", () => {
  const before = memoryUsage();
  for (const bytes of [2 ** 31, 2 ** 32, 2 ** 32 + 16, 2 ** 40, Number.POSITIVE_INFINITY, Number.NaN]) {
    expectRefusal(() => allocate(bytes), StateError, `needs ${bytes} more bytes`, "2 GiB", "smaller batches");
  }
  expect(memoryUsage()).toEqual(before);
});

test("where the host gives no more than what is needed, that is enough", () => {
  const { memory } = core();
  const page = 65536;
  const most = memory.buffer.byteLength / page + 3;
  const grow = memory.grow.bind(memory);
  memory.grow = (pages) => {
    if (memory.buffer.byteLength / page + pages > most) throw new RangeError("the host has no more");
    return grow(pages);
  };
  try {
    const { used } = memoryUsage();
    const address = allocate(memory.buffer.byteLength - used + 2 * page);
    expect(memoryUsage().total / page).toBeLessThanOrEqual(most);
    const before = memoryUsage();
    expectRefusal(() => allocate(64 * page), StateError, "there is no room", "what the host gives");
    expect(memoryUsage()).toEqual(before);
    release(address);
  } finally {
    memory.grow = grow;
  }
});

test("a region gives back all its blocks and those of its children, once", () => {
  const { used } = memoryUsage();
  const region = new Region();
  const child = new Region(region);
  region.words(100);
  child.bytes(7);
  new Region(child).words(3);
  expect(memoryUsage().used).toBe(used + 400 + 16 + 16);
  child.dispose();
  expect(memoryUsage().used).toBe(used + 400);
  region.dispose();
  region.dispose();
  expect(memoryUsage().used).toBe(used);
  expect([region.isDisposed, child.isDisposed]).toEqual([true, true]);
});

test("the memory grows without losing what is in it", () => {
  const region = new Region();
  const address = region.words(4);
  floats.set([1, 2, 3, 4], address >> 2);
  const { total } = memoryUsage();
  region.bytes(total);
  expect(memoryUsage().total).toBeGreaterThan(total);
  expect(Array.from(floats.subarray(address >> 2, (address >> 2) + 4))).toEqual([1, 2, 3, 4]);
  region.dispose();
});
