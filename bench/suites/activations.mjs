/*
 * Elementary functions over arrays that stay in the first cache: elements a nanosecond. They have no share of a peak.
 */

const COUNT = 1024;

/** Their codes in assembly/activations.ts. */
const codes = { exp: 19, tanh: 3, sigmoid: 2, log: 21, softplus: 12 };

export const activations = {
  name: "activations",
  title: "Elementary functions",
  unit: "elements/ns",
  perMillisecond: 1e6,
  yardsticks: "none",
  items(core) {
    const y = core.allocate(COUNT);
    const x = core.random(COUNT, 6);
    const { activationForward } = core.exports;
    return Object.entries(codes).map(([name, code]) => {
      return { name, work: COUNT, run: () => activationForward(y, x, COUNT, code, 1, 1) };
    });
  },
  extras: () => [],
};
