import { show } from "../shape.js";
import type { CheckedElement, CheckedParameter } from "./gradientCheck.js";

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
