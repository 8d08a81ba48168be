import { describe, expect, it } from "vitest";
import { loadCore } from "../support/core.js";
import { elementary, sweep } from "../support/elementary.js";

// Every float32 there is. The largest errors are printed, for the comments of assembly/math.ts.
describe("elementary functions on all 2³² arguments", () => {
  it.each(elementary)("$kernel stays within its bounds", (member) => {
    const errors = sweep(loadCore("release"), member, 1);
    console.log(member.kernel, errors);
    expect(errors.wrong).toEqual([]);
    expect(errors.ulp).toBeLessThanOrEqual(member.bounds.ulp);
    expect(errors.absolute).toBeLessThanOrEqual(member.bounds.absolute);
    expect(errors.underflow).toBeLessThanOrEqual(member.bounds.underflow);
  });
});
