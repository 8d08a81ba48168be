/*
 * Elementary functions over arrays that stay in the first cache: elements a nanosecond. They have no share of a peak.
 */

const COUNT = 1024;

export const activations = {
  name: "activations",
  title: "Elementary functions",
  unit: "elements/ns",
  perMillisecond: 1e6,
  yardsticks: "none",
  items(core) {
    const y = core.allocate(COUNT);
    const x = core.random(COUNT, 6);
    return ["exp", "tanh", "sigmoid", "log", "softplus"].map((name) => {
      const kernel = core.exports[`${name}Vector`];
      return { name, work: COUNT, run: () => kernel(y, x, COUNT) };
    });
  },
  extras: () => [],
};
