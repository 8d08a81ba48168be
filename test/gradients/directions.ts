import { TestRandom } from "../oracle/random.js";

/** A loss and its derivatives by each of the parameters, at these values of them. */
export type LossAt = (values: readonly Float32Array[]) => { readonly loss: number; readonly gradients: Float32Array[] };

/** Steps of the differences; both together leave an error of the fourth order (Richardson). */
const STEPS = [8e-3, 4e-3] as const;

/**
 * What float32's rounding of a loss (2⁻²⁴ for each of some dozen terms) is over the steps, against a loss or slope of 1; and
 * of what both differences are apart, which is three times the error of the finer one, the share that may be left.
 */
const ROUNDING = 3e-4;
const LEFT = 0.4;

/**
 * Where the slope of the loss along a direction is not what the gradient says, in words. Each parameter as a whole is moved
 * along its gradient, where an error shows most, and along a direction drawn by lot.
 */
export function disagreements(start: readonly Float32Array[], lossAt: LossAt): string[] {
  const { loss, gradients } = lossAt(start);
  return start.flatMap((values, index) => {
    const gradient = gradients[index];
    const length = Math.hypot(...gradient);
    const drawn = new TestRandom(index + 1).numbers(values.length);
    return [length > 1e-9 ? gradient : drawn, drawn].flatMap((along) => {
      const direction = along.map((value) => value / Math.hypot(...along));
      const expected = direction.reduce((sum, value, at) => sum + value * gradient[at], 0);
      const at = (offset: number) =>
        lossAt(
          start.with(
            index,
            values.map((value, place) => value + offset * direction[place]),
          ),
        ).loss;
      const [coarse, fine] = STEPS.map((step) => (at(step) - at(-step)) / (2 * step));
      const slope = (4 * fine - coarse) / 3;
      const room = ROUNDING * (loss + length) + LEFT * Math.abs(fine - coarse);
      return Math.abs(slope - expected) < room ? [] : [`parameter ${index}: ${slope} is not ${expected} ± ${room}`];
    });
  });
}
