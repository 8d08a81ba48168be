import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  finalState,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  max,
  mean,
  memoryUsage,
  residual,
  sequential,
} from "../../src/index.js";
import { compacted, counting, holes } from "../support/masks.js";
import { runRecurrent } from "../support/subject.js";
import { expectSameBits } from "./bits.js";
import { full, samples } from "./samples.js";

/** 1 up to a length, 0 beyond. */
function prefix(lengths: readonly number[], steps: number): number[] {
  return lengths.flatMap((length) => Array.from({ length: steps }, (_, step) => (step < length ? 1 : 0)));
}

describe.each(samples)("$label", ({ run }) => {
  const whole = full(run);
  const { batch, steps } = run;

  test("a mask of the steps beyond a length gives the states and derivatives of that length", () => {
    const lengths = run.lengths as readonly number[];
    const width = (run.dOutput as Float32Array).length / (batch * steps);
    // Beyond a length an output is not looked at, while a masked step's is.
    const dOutput = (run.dOutput as Float32Array).map((value, index) => {
      const row = Math.floor(index / width);
      return row % steps < lengths[Math.floor(row / steps)] ? value : 0;
    });
    const expected = runRecurrent({ ...run, dOutput });
    const actual = runRecurrent({ ...whole, dOutput, stepMask: prefix(lengths, steps) });
    expected.final.forEach((state, index) => expectSameBits(actual.final[index], state, `final ${index}`));
    expectSameBits(actual.dX as Float32Array, expected.dX as Float32Array, "dX");
    for (const [name, values] of Object.entries(expected.gradients ?? {}))
      expectSameBits(actual.gradients?.[name] ?? [], values, name);
  });

  test("a masked batch is the batch without those steps, its outputs repeated", () => {
    const stepMask = holes(batch, steps);
    const kept = counting(stepMask, batch, steps);
    const width = (run.dOutput as Float32Array).length / (batch * steps);
    const dOutput = (run.dOutput as Float32Array).map((value, index) => value * stepMask[Math.floor(index / width)]);
    const actual = runRecurrent({ ...whole, dOutput, stepMask });
    const expected = runRecurrent(compacted({ ...whole, dOutput }, kept));
    expected.final.forEach((state, index) => expectSameBits(actual.final[index], state, `final ${index}`));
    for (const [name, values] of Object.entries(expected.gradients ?? {}))
      expectSameBits(actual.gradients?.[name] ?? [], values, name);
    const begin = run.initial?.[0] as Float32Array;
    kept.forEach((list, sequence) => {
      for (let step = 0; step < steps; step++) {
        const at = run.reverse
          ? list.findIndex((other) => other >= step)
          : list.findLastIndex((other) => other <= step);
        const place = (sequence * steps + at) * width;
        const shown =
          at < 0
            ? begin.subarray(sequence * width, (sequence + 1) * width)
            : expected.output.subarray(place, place + width);
        const row = (sequence * steps + step) * width;
        expectSameBits(actual.output.subarray(row, row + width), shown, `output of ${sequence} at step ${step}`);
      }
    });
  });
});

const networks: Readonly<Record<string, Layer>> = {
  "last step": sequential(lstm(5), lastStep(), dense(2)),
  "last step of both directions": sequential(bidirectional(gru(3)), lastStep()),
  "last step of layers that do not repeat themselves": sequential(dense(3), residual(lstm(3)), lastStep()),
  "final state, reverse": sequential(gru(5, { direction: "reverse" }), finalState()),
  "mean of both directions": sequential(bidirectional(lstm(3)), mean(), dense(2)),
  "max of a stack": sequential(gru(5), bidirectional(gru(3)), max()),
};
const input = Array.from({ length: 5 }, (_, sequence) =>
  Array.from({ length: 6 }, (_, step) => [Math.sin(1 + sequence * 7 + step), Math.cos(sequence - step * 3)]),
);

describe.each(Object.entries(networks))("%s", (_, layer) => {
  test("masked steps are as if they were not there", () => {
    using model = new Model(layer, { inputSize: 2 });
    const flat = holes(5, 6);
    const mask = Array.from({ length: 5 }, (_, index) => flat.slice(index * 6, index * 6 + 6));
    const left = input.map((sequence, index) => sequence.filter((_, step) => mask[index][step] === 1));
    expectSameBits(model.predictBatch(input, { mask }).data, model.predictBatch(left).data, "output");
  });

  test("ragged sequences have ragged masks", () => {
    using model = new Model(layer, { inputSize: 2 });
    const ragged = input.map((sequence, index) => sequence.slice(0, 6 - index));
    const mask = ragged.map((sequence, index) => sequence.map((_, step) => ((step + index) % 3 === 1 ? 0 : 1)));
    const left = ragged.map((sequence, index) => sequence.filter((_, step) => mask[index][step] === 1));
    expectSameBits(model.predictBatch(ragged, { mask }).data, model.predictBatch(left).data, "output");
  });

  test("a model that meets no mask keeps no room for one", () => {
    using model = new Model(layer, { inputSize: 2 });
    model.predictBatch(input);
    const { used } = memoryUsage();
    model.predictBatch(input, { mask: input.map((sequence) => sequence.map(() => 1)) });
    expect(memoryUsage().used).toBeGreaterThan(used);
    using other = new Model(layer, { inputSize: 2 });
    const before = memoryUsage().used;
    other.predictBatch(input);
    const own = memoryUsage().used - before;
    other.predictBatch(input);
    expect(memoryUsage().used - before).toBe(own);
  });
});
