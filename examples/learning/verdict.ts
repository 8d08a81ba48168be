import type { Demand } from "./task.js";

/** Whether a figure is what is demanded; a figure that is no number never is. */
export function isReached(
  { most = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY }: Demand,
  figure: number,
) {
  return figure <= most && figure >= least;
}

/** The figure with what it is held to: "2.043 bits per character (at most 2.25)". */
export function verdict({ measure, most, least, digits = 3 }: Demand, figure: number): string {
  const bounds = [most === undefined ? [] : `at most ${most}`, least === undefined ? [] : `at least ${least}`].flat();
  return `${figure.toFixed(digits)} ${measure} (${bounds.join(", ")})`;
}
