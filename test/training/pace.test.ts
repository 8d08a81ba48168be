import { afterEach, describe, expect, test, vi } from "vitest";
import { Pace } from "../../src/training/pace.js";

afterEach(() => vi.unstubAllGlobals());

/** A clock that is set by hand, in milliseconds, and shows whole `resolution`s. */
function handClock(resolution = 0): { time: number; looks: number } {
  const clock = { time: 1000, looks: 0 };
  const now = () => {
    clock.looks++;
    return resolution === 0 ? clock.time : Math.floor(clock.time / resolution) * resolution;
  };
  vi.stubGlobal("performance", { now });
  return clock;
}

/** Runs steps of so many milliseconds and so much work; the longest time without a breath, and the looks at the clock. */
async function run(steps: Iterable<readonly [milliseconds: number, work: number]>, resolution = 0) {
  const clock = handClock(resolution);
  const pace = new Pace();
  let [last, longest, breaths] = [clock.time, 0, 0];
  for (const [milliseconds, work] of steps) {
    clock.time += milliseconds;
    longest = Math.max(longest, clock.time - last);
    if (!pace.isDue(work)) continue;
    await pace.breathe();
    last = clock.time;
    breaths++;
  }
  return { longest, breaths, looks: clock.looks };
}

const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

describe("where the clock moves, no stretch is above 50 ms", () => {
  test.each([0.01, 0.3, 1, 4, 11, 19, 24, 26, 38, 49])("in steps of %d ms", async (milliseconds) => {
    const { longest, breaths } = await run(times(Math.ceil(2000 / milliseconds), [milliseconds, 1000]));
    expect(longest).toBeLessThanOrEqual(50);
    // And it breathes no more often than it must: about every 25 ms, or after each longer step.
    expect(breaths).toBeLessThanOrEqual(2000 / Math.max(milliseconds, 19) + 1);
  });

  test("in steps of very different work", async () => {
    const steps = Array.from({ length: 3000 }, (_, index) => ((index * 37) % 101) / 20);
    expect((await run(steps.map((step) => [step, 5000 * step]))).longest).toBeLessThanOrEqual(50);
  });

  test("where the machine becomes four times slower from one step to the next", async () => {
    const steps = Array.from({ length: 40_000 }, (_, index) => [index % 8000 < 4000 ? 0.05 : 0.2, 100] as const);
    expect((await run(steps)).longest).toBeLessThanOrEqual(50);
  });

  test("with a clock that shows every hundredth of a second, or every tenth", async () => {
    expect((await run(times(20_000, [0.1, 10_000]), 10)).longest).toBeLessThanOrEqual(50);
    expect((await run(times(20_000, [0.1, 25_000]), 100)).longest).toBeLessThanOrEqual(50);
  });

  test("the clock is looked at rarely: thousands of tiny steps a look", async () => {
    const { breaths, looks } = await run(times(1_000_000, [0.001, 50]));
    expect(breaths).toBeGreaterThan(35);
    expect(looks).toBeLessThan(40 * breaths);
  });
});

test("where the clock stands still it breathes by work alone", async () => {
  const { breaths } = await run(times(1000, [0, 100_000]));
  // A hundred million multiply-adds, five million a stretch.
  expect(breaths).toBe(20);
  vi.unstubAllGlobals();
  vi.stubGlobal("performance", undefined);
  vi.stubGlobal("Date", undefined);
  const pace = new Pace();
  const due = times(100, 100_000).filter((work) => pace.isDue(work));
  expect(due.length).toBeGreaterThan(0);
});

describe("a breath takes the first way there is", () => {
  const without = (...names: string[]) => {
    for (const name of names) vi.stubGlobal(name, undefined);
  };

  test("scheduler.yield", async () => {
    const scheduler = { yield: vi.fn(() => Promise.resolve()) };
    vi.stubGlobal("scheduler", scheduler);
    await new Pace().breathe();
    expect(scheduler.yield).toHaveBeenCalledOnce();
  });

  test("a message to itself, whose channel is closed again", async () => {
    const closed = vi.fn();
    const original = globalThis.MessageChannel;
    vi.stubGlobal(
      "MessageChannel",
      class extends original {
        constructor() {
          super();
          const close = this.port1.close.bind(this.port1);
          this.port1.close = () => {
            closed();
            close();
          };
        }
      },
    );
    without("scheduler", "setImmediate");
    await new Pace().breathe();
    expect(closed).toHaveBeenCalledOnce();
  });

  test("a timer where there is nothing else", async () => {
    without("scheduler", "setImmediate", "MessageChannel");
    const timer = vi.spyOn(globalThis, "setTimeout");
    await new Pace().breathe();
    expect(timer).toHaveBeenCalledOnce();
    timer.mockRestore();
  });
});
