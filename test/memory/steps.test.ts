import { afterEach, expect, test, vi } from "vitest";
import {
  adam,
  backpropagate,
  batches,
  dense,
  elman,
  fit,
  gru,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  memoryUsage,
  Optimizer,
  sequential,
  tensor,
  windows,
} from "../../src/index.js";
import * as memory from "../../src/wasm/memory.js";

afterEach(() => vi.unstubAllGlobals());

/** Counts what is made by `new` of the typed arrays from now on. Views by `subarray` and `slice` are made by the engine: see below. */
function countTypedArrays(): { made: number } {
  const counter = { made: 0 };
  for (const name of ["Float32Array", "Float64Array", "Int32Array", "Uint8Array"] as const) {
    const original = globalThis[name];
    const counting = new Proxy(original, {
      construct(target, given, newTarget) {
        counter.made++;
        return Reflect.construct(target, given, newTarget);
      },
    });
    vi.stubGlobal(name, counting);
    for (const method of ["subarray", "slice"] as const) {
      vi.spyOn(original.prototype, method).mockImplementation(function (
        this: InstanceType<typeof original>,
        ...given: number[]
      ) {
        counter.made++;
        const { buffer, byteOffset, BYTES_PER_ELEMENT, length } = this;
        const from = given[0] ?? 0;
        const until = given[1] ?? length;
        const view = Reflect.construct(original, [buffer, byteOffset + from * BYTES_PER_ELEMENT, until - from]);
        return method === "subarray" ? view : original.from(view);
      } as never);
    }
  }
  return counter;
}

test("a training step that is warmed up takes nothing of the core's memory and makes no view of it", async () => {
  const series = Float32Array.from({ length: 400 }, (_, index) => Math.sin(index / 5));
  for (const layer of [elman(5), lstm(5), gru(5, { reset: "before" }), gru(3, { direction: "reverse" })]) {
    const model = new Model(sequential(layer, lastStep(), dense(1)), { inputSize: 1 });
    const counts: number[] = [];
    const uses: number[] = [];
    const views = new Set<unknown>();
    const data = windows(series, { window: 10 });
    const counter = countTypedArrays();
    const onUpdate = () => {
      counts.push(counter.made);
      uses.push(memoryUsage().used);
      views.add(memory.floats).add(memory.ints).add(memory.doubles);
    };
    // Batches of one size; one epoch, since an epoch draws its order anew.
    await fit(model, data, { loss: meanSquaredError, batchSize: 13, onUpdate });
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    expect(counts).toHaveLength(30);
    expect(counts[0]).toBeGreaterThan(0);
    expect(new Set(counts.slice(1)).size).toBe(1);
    expect(new Set(uses).size).toBe(1);
    expect(views.size).toBe(3);
    model.dispose();
  }
});

test("a training loop of one's own takes nothing of the core's memory once it is warmed up", () => {
  const model = new Model(sequential(lstm(4), dense(2)), { inputSize: 2 });
  const optimizer = new Optimizer(model, adam());
  const input = [
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [[1, 1]],
    [],
    [
      [2, 1],
      [0, 1],
    ],
  ];
  const target = input.map((sequence) => sequence.map(([a, b]) => [b, a]));
  const step = () => {
    for (const batch of batches({ input, target }, { batchSize: 3 })) backpropagate(model, batch, meanSquaredError);
    optimizer.update();
  };
  step();
  const [{ used }, { floats }] = [memoryUsage(), memory];
  for (let count = 0; count < 200; count++) step();
  expect(memoryUsage().used).toBe(used);
  expect(memory.floats).toBe(floats);
  model.dispose();
});

test("batches that grow and shrink give the bits that each gives alone, and take no more than the largest needs", () => {
  const layers = sequential(gru(7), dense(3));
  const model = new Model(layers, { inputSize: 2 });
  const shapes = [
    [1, 1],
    [5, 3],
    [2, 40],
    [70, 2],
    [1, 1],
    [66, 33],
    [3, 3],
    [130, 5],
  ] as const;
  const inputOf = (batch: number, time: number) =>
    tensor(
      Float32Array.from({ length: batch * time * 2 }, (_, index) => ((index * 37) % 101) / 50 - 1),
      [batch, time, 2],
    );
  for (const [batch, time] of shapes) {
    const alone = new Model(layers, { inputSize: 2 });
    expect(model.predictBatch(inputOf(batch, time))).toEqual(alone.predictBatch(inputOf(batch, time)));
    alone.dispose();
  }
  const { used } = memoryUsage();
  for (const [batch, time] of shapes) model.predictBatch(inputOf(batch, time));
  expect(memoryUsage().used).toBe(used);
  model.dispose();
});
