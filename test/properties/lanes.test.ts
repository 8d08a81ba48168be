import { describe, expect, test } from "vitest";
import { cells } from "../../src/cells/index.js";
import { padded } from "../../src/tensor/rows.js";
import { floats } from "../../src/wasm/memory.js";
import { Region } from "../../src/wasm/region.js";
import { cellVariants } from "../oracle/cellVariants.js";
import { recurrentSample } from "../oracle/recurrentSample.js";
import { within } from "../support/subjectPlan.js";
import { backward, forward, type PlannedRun, planRecurrent } from "../support/subjectRecurrent.js";

/** A region that knows its blocks, so that a test can look at all memory of a run: gates, states, scratch. */
class WatchedRegion extends Region {
  readonly blocks: { address: number; bytes: number }[] = [];

  override bytes(count: number): number {
    const address = super.bytes(count);
    this.blocks.push({ address, bytes: count });
    return address;
  }

  /** How many floats are infinite or NaN; a cell's options may hold an infinite bound. */
  notFinite(): number {
    return this.blocks.reduce((sum, { address, bytes }) => {
      const values = floats.subarray(address >> 2, (address + bytes) >> 2);
      return sum + values.reduce((found, value) => found + Number(!Number.isFinite(value)), 0);
    }, 0);
  }
}

/** The lanes beyond the last unit of every state vector of every row, the initial states included. */
function statePadding({ state, layout }: PlannedRun): number[] {
  const lanes: number[] = [];
  for (let row = 0; row < layout.sequences + layout.rows; row++) {
    for (const { offset, units } of state.parts) {
      const block = (state.initial(0) + row * state.stride + offset) >> 2;
      lanes.push(...floats.subarray(block + units, block + padded(units)));
    }
  }
  return lanes;
}

const variants = Object.keys(cells).flatMap(cellVariants);

// 1, 2 and 3 lanes of a vector beyond the last unit.
describe.each([5, 6, 7])("%i units: lanes beyond the last unit", (units) => {
  test.each(variants)("$label: states are 0 there, and everything else stays finite", ({ cell, options }) => {
    const batch = { batch: 5, steps: 7, lengths: [3, 0, 7, 1, 7] };
    const run = recurrentSample({ cell, options, inputSize: 3, units, ...batch, seed: 31 });
    const region = new WatchedRegion();
    within(() => {
      const planned = planRecurrent(region, run);
      const before = region.notFinite();
      forward(planned);
      expect(statePadding(planned).every((value) => value === 0)).toBe(true);
      backward(planned);
      expect(region.notFinite()).toBe(before);
    }, region);
  });
});
