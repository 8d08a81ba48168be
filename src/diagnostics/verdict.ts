import type { Clipping } from "./gradientShares.js";
import type { RecurrentPlace } from "./recurrentLayers.js";
import type { BlockRadius } from "./recurrentMatrices.js";
import type { GateSaturation } from "./saturation.js";

/** Below this share of its largest norm a gradient teaches next to nothing. */
const FADED = 0.01;
/** A gradient that grows this much on its way back drowns everything else. */
const EXPLODED = 100;
/** From this share on, saturation is worth a word. */
const SATURATED = 0.5;

/** Steps back until the norm falls below a hundredth of its largest and stays there; all of them if it never does. */
export function horizonOf(byLag: Float64Array): number {
  const largest = byLag.reduce((most, norm) => Math.max(most, norm), 0);
  let horizon = byLag.length;
  while (horizon > 0 && (byLag[horizon - 1] as number) < FADED * largest) horizon--;
  return horizon;
}

/** What the gradient's way through time means for the window. */
export function verdictOnTime(byLag: Float64Array, horizon: number, place: RecurrentPlace): string {
  const last = byLag.length - 1;
  const [first, end] = [byLag[0] ?? 0, byLag[last] ?? 0];
  const lost = byLag.findIndex((norm) => !Number.isFinite(norm));
  if (lost >= 0)
    return `The gradient is ${byLag[lost]} from lag ${lost} on: it explodes beyond what float32 holds. Shorten the window, or start from smaller recurrent weights.`;
  if (byLag.every((norm) => norm === 0))
    return "No gradient reaches the recurrent layer: the loss does not depend on it.";
  if (first === 0) {
    const cure = place.state.isReversed ? " After a layer that reads backward, take finalState() or mean()." : "";
    return `The loss does not depend on the last step; its gradient reaches ${horizon} steps back.${cure}`;
  }
  const ratio = (end / first).toExponential(0);
  if (end > EXPLODED * first) {
    return `The gradient at lag ${last} is ${ratio} of lag 0: it explodes. Clip it (clipNorm: 1), or start from smaller recurrent weights.`;
  }
  if (horizon > last) return `The gradient at lag ${last} is ${ratio} of lag 0: the whole window teaches.`;
  const isGated = place.cell.gates.length > 1;
  const cure = isGated
    ? "Shorten it, or bring what matters nearer to the end."
    : "Shorten it, or take a gated cell (lstm, gru), which remembers longer.";
  return `The gradient at lag ${last} is ${ratio} of lag 0: a window above ${horizon} is wasted. ${cure}`;
}

/** What else stands in the way of learning, most pressing first; empty where nothing does. */
export function warnings(
  saturation: readonly GateSaturation[],
  radii: readonly BlockRadius[],
  { cell }: RecurrentPlace,
): string[] {
  const found = saturation
    .filter(({ share }) => share >= SATURATED)
    .map(({ gate, share }) => {
      const percent = Math.round(100 * share);
      return `${percent} % of the values of ${gate} are at a bound, where no gradient passes: scale the inputs, or lower the learning rate.`;
    });
  const [block] = radii;
  const isPlain = cell.gates.length === 1 && block !== undefined;
  if (isPlain && block.radius > 1.2)
    found.push(
      `The spectral radius of the recurrent weights is ${block.radius.toFixed(2)}: above 1, gradients may explode.`,
    );
  return found;
}

/** A word on clipping where it would cut most gradients down to a fraction; a little of it is as it should be. */
export function verdictOnClipping({ clipNorm, rate, norm }: Clipping): string | undefined {
  if (rate < SATURATED || norm < 10 * clipNorm) return undefined;
  const share = `${Math.round(100 * rate)} % of the batches`;
  return `Clipping at ${clipNorm} would shorten the gradient of ${share} (norm ${norm.toPrecision(2)}): scale the targets, or raise clipNorm.`;
}
