/**
 * Outputs and losses of all contenders are of size 1. Products of up to 512 terms in another order of float32 sums, and other
 * approximations of tanh and exp (tf.js: 3e-7), differ by some 1e-6; a hundred recurrent steps and five updates add to that.
 */
const TOLERANCE = 2e-5;

/** Throws unless two contenders have computed the same. */
export function requireEqual(title, values, expected) {
  if (values.length !== expected.length || values.length === 0)
    throw new Error(`${title}: ${values.length} values for ${expected.length}`);
  values.forEach((value, index) => {
    if (!(Math.abs(value - expected[index]) <= TOLERANCE * Math.max(1, Math.abs(expected[index]))))
      throw new Error(`${title}: [${index}] is ${value}, recurve has ${expected[index]}`);
  });
}
