/*
 * Elementary functions over arrays that stay in the first cache. Reference: KERNELS' rules give 1.45 ns (sigmoid) and 2.1 ns (tanh) a vector's element.
 */

const COUNT = 1024;

export const activations = {
  name: "activations",
  title: "Elementary functions",
  unit: "elements/ns",
  perMillisecond: 1e6,
  yardsticks: "peak",
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
