import type { Interior } from "../models/interior.js";
import { euclideanNorm } from "./clipGradients.js";
import type { CourseSettings } from "./courseSettings.js";

/** Updates beyond this size would leave the range of float32: the weights stay finite whatever the learning rate. */
export const MOST_STEP = 1e30;

/**
 * How far an update may move a weight: by its gradient, which is at most the norm of all and, in whatever way they are
 * clipped, what they are clipped to; or by a decay that takes off more than there is.
 * @param norm that of the gradients, before they are clipped
 */
export function stepSize(
  interior: Interior,
  rate: number,
  { clip, optimizer }: Pick<CourseSettings, "clip" | "optimizer">,
  norm: number,
): number {
  const ranges = interior.ranges();
  const step = rate * ranges.mostRate * Math.max(1, Math.min(norm, clip.most));
  const decay = rate * ranges.mostDecay * optimizer.weightDecay;
  // One of up to 1 brings every weight nearer to 0.
  return decay > 1 ? Math.max(step, decay * euclideanNorm(ranges, interior.parameters.values)) : step;
}
