import { expect, test, vi } from "vitest";
import {
  dense,
  dropout,
  gru,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  sequential,
  streams,
  Trainer,
  truncated,
} from "../../src/index.js";
import * as wasm from "../../src/wasm/core.js";

const network = sequential(lstm(6, { zoneout: 0.1 }), dropout(0.1), gru(5), dense(1));
const options = { loss: meanSquaredError, batchSize: 2, shuffle: false };

function series(length: number): Float64Array {
  return Float64Array.from({ length }, (_, time) => Math.sin(time / 7) + Math.cos(time * time));
}

/** Bytes in use by a trainer and its model in the middle of a stream of that many steps, and at the end of it. */
function usage(steps: number, every: number, window: number): number[] {
  const before = memoryUsage().used;
  using model = new Model(network, { inputSize: 1 });
  using trainer = new Trainer(model, streams(series(2 * steps + 1), { batchSize: 2 }), {
    ...options,
    truncate: truncated({ every, window }),
  });
  trainer.run({ batches: 5 });
  const middle = memoryUsage().used - before;
  trainer.run({ epochs: 1 });
  expect(trainer.updates).toBe(Math.ceil(steps / every));
  return [middle, memoryUsage().used - before];
}

test("a stream of 100 000 steps needs the memory of one of 1 000, and gives all of it back", () => {
  const before = memoryUsage();
  for (const [every, window] of [
    [25, 25],
    [25, 60],
  ]) {
    const [middle, end] = usage(1000, every, window);
    expect(end).toBe(middle);
    const { total } = memoryUsage();
    expect(usage(100_000, every, window)).toEqual([middle, end]);
    expect(memoryUsage().total).toBe(total);
  }
  expect(memoryUsage().used).toBe(before.used);
});

test("a trainer that was disposed gives its window back, the model staying", () => {
  using model = new Model(network, { inputSize: 1 });
  const data = streams(series(200), { batchSize: 2 });
  const round = () => {
    const trainer = new Trainer(model, data, { ...options, truncate: truncated({ every: 5, window: 15 }) });
    trainer.run({ batches: 4 });
    trainer.dispose();
    return memoryUsage().used;
  };
  const first = round();
  expect([round(), round()]).toEqual([first, first]);
});

/** What the core was called for: steps from … to − 1 of a layer. */
type Range = readonly [plan: number, from: number, to: number];

test("every step is computed forward once, and carried back as often as windows see it", () => {
  const real = wasm.core();
  const [forward, backward]: [Range[], Range[]] = [[], []];
  const spied = {
    ...real,
    recurrentForward(plan: number, from: number, to: number) {
      forward.push([plan, from, to]);
      real.recurrentForward(plan, from, to);
    },
    recurrentBackward(plan: number, from: number, to: number) {
      backward.push([plan, from, to]);
      real.recurrentBackward(plan, from, to);
    },
  };
  const spy = vi.spyOn(wasm, "core").mockReturnValue(spied);
  using model = new Model(network, { inputSize: 1 });
  using trainer = new Trainer(model, streams(series(2 * 41 + 1), { batchSize: 2 }), {
    ...options,
    truncate: truncated({ every: 4, window: 10 }),
  });
  trainer.run({ epochs: 1 });
  spy.mockRestore();
  const lengths = (ranges: readonly Range[]) => ranges.map(([, from, to]) => to - from);
  const fresh = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1];
  const plans = new Set(forward.map(([plan]) => plan));
  expect(plans.size).toBe(2);
  for (const own of plans) {
    expect(lengths(forward.filter(([plan]) => plan === own))).toEqual(fresh);
    // Six steps are held, once there are so many.
    expect(lengths(backward.filter(([plan]) => plan === own))).toEqual(
      fresh.map((steps, index) => steps + Math.min(4 * index, 6)),
    );
  }
});
