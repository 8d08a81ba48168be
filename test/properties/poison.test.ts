import { expect, test } from "vitest";
import { core } from "../../src/wasm/core.js";
import { allocate, floats, release } from "../../src/wasm/memory.js";

test("memory that was given back holds NaN in the debug build, so that nothing can live on it unnoticed", () => {
  const address = allocate(64);
  floats.fill(1, address >> 2, (address >> 2) + 16);
  release(address);
  const left = [...floats.subarray(address >> 2, (address >> 2) + 16)];
  expect(left.map(Number.isNaN)).toEqual(Array(16).fill(core().isDebug() !== 0));
  const again = allocate(64);
  expect([...floats.subarray(again >> 2, (again >> 2) + 16)]).toEqual(Array(16).fill(0));
  release(again);
});
