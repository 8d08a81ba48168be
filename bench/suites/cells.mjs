import { cells as descriptors, forwardOperations, recurrentLayer } from "../recurrent.mjs";
import { verifyCell, verifyWork } from "../verify.mjs";

/*
 * Recurrent layers over T = 100 steps of D = 64 features: forward, and forward + BPTT with packing, input gradients and weight
 * gradients. Work is the products' alone; the gates' time counts, their operations do not.
 */

const T = 100,
  D = 64;

/** Share of the peak that forward + BPTT is to reach, by batch and units. */
const targets = {
  1: { 32: 0.35, 64: 0.45, 128: 0.5, 256: 0.45 },
  8: { 32: 0.6, 64: 0.64, 128: 0.7, 256: 0.7 },
  32: { 32: 0.6, 64: 0.64, 128: 0.7, 256: 0.7 },
};

export const cells = {
  name: "cells",
  title: `Recurrent layers, T=${T} D=${D}, share of the multiply-add peak`,
  unit: "GFLOP/s",
  perMillisecond: 1e6,
  yardsticks: "peak",
  /** One set of buffers a cell and batch: together they would not fit the address space comfortably. */
  sizes: ["lstm", "gru", "elman"].flatMap((cell) => [1, 8, 32].map((B) => ({ cell, B }))),
  items(core, { cell, B }, offsets) {
    const descriptor = descriptors[cell];
    verifyCell(core, offsets, cell);
    return [32, 64, 128, 256].flatMap((H) => {
      const sizes = { T, B, D, H };
      const layer = recurrentLayer(core, offsets, descriptor, sizes);
      // Of states of 0 the first products are left out, but their work would be counted.
      core.floats(layer.fields.states, (B * layer.fields.statesStride) / 4).fill(0.5);
      verifyWork(core, layer, descriptor, sizes);
      const work = forwardOperations(descriptor, sizes);
      const name = `${cell} B=${B} H=${H}`;
      return [
        { name: `${name} forward`, work, run: layer.forward },
        { name: `${name} forward+BPTT`, work: 3 * work, target: targets[B][H], run: layer.train },
      ];
    });
  },
  extras: () => [],
};
