/*
 * Optimizers are limited by memory: bytes moved against STREAM's triad over arrays of the same size.
 */

/** Floats of each block: small ones stay in the caches, large ones do not. */
const sizes = [16384, 4194304];

export const optimizers = {
  name: "optimizers",
  title: "Optimizers, share of the triad's bandwidth",
  unit: "GB/s",
  perMillisecond: 1e6,
  yardsticks: "triad",
  sizes,
  items(core, count) {
    const { exports } = core;
    const parameters = core.random(count),
      gradients = core.random(count, 0.01);
    const first = core.allocate(count),
      second = core.allocate(count),
      ranges = core.allocate(4);
    core.ints(ranges, 2).set([0, count]);
    core.floats(ranges + 8, 2).set([1, 0]);
    const rate = 1e-5;
    const megabytes = (arrays) => arrays * 4 * count;
    const update = (direction, slots, constants) => {
      exports.moveParameters(direction, 0, ranges, 1, parameters, gradients, ...slots, rate, 0.1, ...constants);
    };
    const adam = () => update(2, [first, second, 0], [0.9, 0.1, 0.999, 0.001, 30, 1e-8, 0]);
    const momentum = () => update(1, [first, 0, 0], [0.9, 1, 0, 0, 0, 0, 0]);
    const sgd = () => update(0, [0, 0, 0], [0, 0, 0, 0, 0, 0, 0]);
    return [
      // Read w, g, m, v; write w, m, v.
      { name: `adam n=${count}`, work: megabytes(7), target: 0.7, run: adam },
      { name: `momentum n=${count}`, work: megabytes(5), run: momentum },
      { name: `sgd n=${count}`, work: megabytes(3), run: sgd },
    ];
  },
  extras: () => [],
};
