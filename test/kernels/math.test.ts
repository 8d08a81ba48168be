import { describe, expect, it } from "vitest";
import { loadCore, targets } from "../support/core.js";
import { type Elementary, elementary, errorsAt, evaluate, sweep } from "../support/elementary.js";

/** Prime, so that every exponent and both signs are met with ever other low bits; 4.2 million arguments. */
const stride = 1021;

const leastDenormal = 2 ** -149;
const specials = [
  ...[0, leastDenormal, 1e-40, 2 ** -126 - leastDenormal, 2 ** -126, 1e-20, 2 ** -24, 2 ** -12, 0.5, 1, 2 ** 24, 1e30],
  ...[3.4028234663852886e38, Number.POSITIVE_INFINITY],
  // where results saturate, turn denormal or overflow
  ...[
    9.010913, 9.02, 16.63, 16.64, 17.33, 87.33654, 87.33655, 88.02969, 88.3762, 88.72283, 88.72284, 103.97, 104, 104.1,
  ],
].flatMap((x) => [x, -x]);

describe.each(targets)("elementary functions, %s build", (target) => {
  const core = loadCore(target);

  it.each(elementary)(`$kernel stays within its bounds on every ${stride}st bit pattern`, (member) => {
    expectWithin(sweep(core, member, stride), member.bounds);
  });

  it.each(elementary)("$kernel stays within its bounds at special arguments", (member) => {
    expectWithin(errorsAt(core, member, [...specials, Number.NaN]), member.bounds);
  });

  it.each(elementary)("$kernel writes n results, the same in every lane and tail, and nothing beyond", (member) => {
    const values = Float32Array.from({ length: 33 }, (_, i) => 0.37 * i + 0.11);
    const x = core.put(values);
    const alone = values.map((_, i) => {
      const y = core.allocate(4);
      evaluate(core, member, y, x + 4 * i, 1);
      return core.floats(y, 1)[0];
    });
    for (const n of [0, 1, 3, 4, 5, 8, 17, 33]) {
      const y = core.put(new Float32Array(36).fill(-7));
      evaluate(core, member, y, x, n);
      expect(core.floats(y, n)).toEqual(alone.subarray(0, n));
      expect(core.floats(y + 4 * n, 36 - n).every((value) => value === -7)).toBe(true);
    }
  });

  it("tanh is exactly odd and keeps the sign of zero", () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => 0.0103 * i);
    const [y, z] = [core.allocate(4000), core.allocate(4000)];
    evaluate(core, named("tanh"), y, core.put(values), 1000);
    evaluate(core, named("tanh"), z, core.put(values.map((x) => -x)), 1000);
    // toEqual tells −0 from +0
    expect(core.floats(z, 1000)).toEqual(core.floats(y, 1000).map((value) => -value));
  });

  it("saturated values are exact", () => {
    const x = core.put([Number.NEGATIVE_INFINITY, -1000, 1000, Number.POSITIVE_INFINITY]);
    const y = core.allocate(16);
    const results = (kernel: string) => {
      evaluate(core, named(kernel), y, x, 4);
      return [...core.floats(y, 4)];
    };
    expect(results("sigmoid")).toEqual([0, 0, 1, 1]);
    expect(results("tanh")).toEqual([-1, -1, 1, 1]);
    expect(results("exp")).toEqual([0, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(results("expm1")).toEqual([-1, -1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(results("softplus")).toEqual([0, 0, 1000, Number.POSITIVE_INFINITY]);
  });
});

function named(kernel: string): Elementary {
  return elementary.find((member) => member.kernel === kernel) as Elementary;
}

function expectWithin(errors: ReturnType<typeof sweep>, bounds: (typeof elementary)[number]["bounds"]): void {
  expect(errors.wrong).toEqual([]);
  expect(errors.ulp).toBeLessThanOrEqual(bounds.ulp);
  expect(errors.absolute).toBeLessThanOrEqual(bounds.absolute);
  expect(errors.underflow).toBeLessThanOrEqual(bounds.underflow);
}
