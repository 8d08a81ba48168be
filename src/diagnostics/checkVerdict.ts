import { show } from "../shape.js";

/** One element of a parameter under the check. */
export interface CheckedElement {
  /** Path of its parameter, such as `0.weight_hh_l0`. */
  readonly parameter: string;
  /** Its place in the parameter's shape. */
  readonly index: readonly number[];
  /** What `backpropagate` gives. */
  readonly analytic: number;
  /** What central differences of the loss give. */
  readonly numeric: number;
  /** |analytic − numeric| relative to the larger of both, less what rounding explains. */
  readonly error: number;
}

/** The check of one parameter. */
export interface CheckedParameter {
  /** Its path in the model, such as `0.weight_hh_l0`. */
  readonly name: string;
  /** Elements compared. */
  readonly checked: number;
  /** Those of them whose gradient stands out so far from the rounding errors that a tenth more or less would have shown. */
  readonly decisive: number;
  /** Elements left out: at a kink of the loss there is no gradient to compare with. */
  readonly unsettled: number;
  /** Largest relative error. */
  readonly worstError: number;
}

/** What a gradient check means, and where to look. */
export function verdictOnCheck(
  passed: boolean,
  worst: CheckedElement | undefined,
  checks: readonly CheckedParameter[],
  tolerance: number,
  isOwnLoss: boolean,
): string {
  if (worst === undefined) return "Nothing could be compared: every element checked lies at a kink of the loss.";
  if (!passed) return complaint(worst, checks, tolerance, isOwnLoss);
  const count = checks.reduce((sum, { checked }) => sum + checked, 0);
  const unsettled = checks.reduce((sum, check) => sum + check.unsettled, 0);
  const silent = checks.filter(({ decisive }) => decisive === 0).map(({ name }) => name);
  const { parameter, error } = worst;
  return [
    `All ${count} gradients checked agree with central differences: the largest error is ${error.toExponential(0)}, in ${parameter}.`,
    unsettled === 0 ? "" : `${unsettled} at a kink of the loss were left out.`,
    silent.length === 0 ? "" : `The gradient of ${silent.join(", ")} is too small in this batch to be judged.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function complaint(
  { parameter, index, analytic, numeric }: CheckedElement,
  checks: readonly CheckedParameter[],
  tolerance: number,
  isOwnLoss: boolean,
): string {
  const wrong = checks.filter(({ worstError }) => worstError > tolerance).map(({ name }) => name);
  const where = `The gradient of ${parameter}${show(index)} is ${analytic.toPrecision(4)}, but central differences give ${numeric.toPrecision(4)}.`;
  const others = wrong.length > 1 ? ` ${wrong.length} of ${checks.length} parameters differ: ${wrong.join(", ")}.` : "";
  // What lies nearest to the loss differs only where the loss or that layer itself is wrong.
  const isNearLoss = wrong.includes(checks.at(-1)?.name as string);
  const cure =
    isOwnLoss && isNearLoss
      ? " Look first at the gradient that your loss function gives."
      : " Look at the way back of that layer's cell.";
  return `${where}${others}${cure}`;
}
