/** How a gradient compares with central differences at one place. */
export interface Comparison {
  readonly numeric: number;
  /** |analytic − numeric| by the larger of both, less what rounding explains. */
  readonly error: number;
  /** `"unsettled"`: the loss has a kink right here, and no difference quotient converges. */
  readonly outcome: "agrees" | "differs" | "unsettled";
  /** Whether the gradient stands out from the rounding errors, so that an error of a tenth would have shown. */
  readonly isDecisive: boolean;
}

/** Widest step; weights are of the order of 1. */
const WIDEST = 0.0625;
/** Halvings of it, down to 1/4096. */
const LEVELS = 8;
/** Rounding errors in a difference quotient that count as explained by noise, in standard deviations of the loss over the step. */
const EXPLAINED = 12;

/** Difference quotients of one step: central, and by how much the one-sided ones differ. */
interface Quotient {
  readonly slope: number;
  readonly bend: number;
  /** What rounding may have done to the slope. */
  readonly noise: number;
}

/**
 * Compares a gradient with central differences D(h) of a float32 loss.
 *
 * Two errors work against each other: D(h) is off by h²/6 · L‴ (truncation) and by about σ / h (rounding, σ the noise of the
 * loss). Richardson's n = (4 D(h/2) − D(h)) / 3 leaves h⁴ of the first, so that a wide step, which keeps the second small,
 * may be taken: h = 1/16. The standard deviation of n is then 2.1 σ / h; 12 σ / h are put down to rounding. The step is halved
 * until D(h) and D(h/2) agree to the tolerance, which says that the truncation is under control, and n agrees with the gradient.
 * Where a kink (relu, absolute error, a maximum) lies within the step, halving steps over it; one at the very place shows as
 * one-sided slopes whose difference does not halve with the step.
 *
 * @param lossAt the loss with the weight at the float32 nearest to a distance from its value, and that distance itself
 */
export function compare(
  lossAt: (distance: number) => { readonly loss: number; readonly distance: number },
  analytic: number,
  noise: number,
  tolerance: number,
): Comparison {
  const { loss: here } = lossAt(0);
  let wide = quotient(lossAt, here, WIDEST, noise);
  let found: Comparison | undefined;
  for (let level = 0, step = WIDEST / 2; level < LEVELS; level++, step /= 2) {
    const narrow = quotient(lossAt, here, step, noise);
    const numeric = (4 * narrow.slope - wide.slope) / 3;
    const size = Math.max(Math.abs(numeric), Math.abs(analytic));
    const allowed = tolerance * size + narrow.noise;
    const isDecisive = narrow.noise <= size / 10;
    const error = Math.abs(numeric - analytic) / (size + narrow.noise / tolerance || 1);
    if (Math.abs(narrow.slope - wide.slope) <= allowed) {
      // Past a disagreement only a decisive agreement counts: in enough noise anything agrees.
      if (error <= tolerance && (isDecisive || found === undefined))
        return { numeric, error, outcome: "agrees", isDecisive };
      if (isDecisive || found === undefined) {
        const outcome = isKink(wide, narrow, numeric - analytic) ? "unsettled" : "differs";
        found = { numeric, error, outcome, isDecisive };
      }
    }
    wide = narrow;
  }
  return found ?? { numeric: wide.slope, error: 0, outcome: "unsettled", isDecisive: false };
}

function quotient(
  lossAt: (distance: number) => { readonly loss: number; readonly distance: number },
  here: number,
  step: number,
  noise: number,
): Quotient {
  const [above, below] = [lossAt(step), lossAt(-step)];
  const slope = (above.loss - below.loss) / (above.distance - below.distance);
  const bend = (above.loss - here) / above.distance - (below.loss - here) / below.distance;
  return { slope, bend, noise: (EXPLAINED * noise) / (2 * step) };
}

/** Whether the one-sided slopes differ as much at half the step, and by enough to explain the difference. */
function isKink(wide: Quotient, narrow: Quotient, difference: number): boolean {
  return Math.abs(narrow.bend) > 0.75 * Math.abs(wide.bend) && Math.abs(narrow.bend) > Math.abs(difference);
}
