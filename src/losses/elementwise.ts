import type { Rows } from "../tensor/rows.js";
import { core, joined } from "../wasm/core.js";
import * as parts from "../wasm/parts.js";
import { defineLoss, type GradientRows, type Loss, type TargetRows } from "./loss.js";
import type { OwnNumbers } from "./ownNumbers.js";
import { valueTargets } from "./valueTargets.js";

/** The losses of the core's loop over elements, by their codes there. */
const elementCodes = {
  squared: 0,
  absolute: 1,
  huber: 2,
  binary: 3,
  logCosh: 4,
  poisson: 5,
  quantile: 6,
  mean: 8,
  variance: 9,
  meanOfLogVariance: 10,
  logVariance: 11,
} as const;

/** One pass of the core's loop over some columns of the rows. */
export interface ElementPass {
  /** Its name, not its code: what a loss reads from a table as it is made keeps it in bundles that do without it. */
  readonly kind: keyof typeof elementCodes;
  /** The loss's own number. */
  readonly alpha?: number;
  /** A second one. */
  readonly beta?: number;
  /** The first for each column. */
  readonly columns?: OwnNumbers;
  /** The same for each output: the part of the outputs that tells it. */
  readonly part?: number;
  /** What the loss is divided by besides. */
  readonly divisor?: number;
}

/** What tells one loss over elements from another. */
export interface ElementDefinition {
  readonly name: string;
  readonly options?: Loss["options"];
  readonly width?: number;
  readonly targetRange?: Loss["targetRange"];
  readonly takesLogits?: boolean;
  /** One pass; or several, each over its own equal part of the columns and all against the same targets. */
  readonly passes: readonly ElementPass[];
  /** What is added to the loss of each element. */
  readonly constant?: number;
}

/** A loss that is a mean over the elements of the rows. */
export function elementwise(definition: ElementDefinition): Loss {
  const { name, options = {}, width, targetRange, takesLogits = false, passes, constant = 0 } = definition;
  return defineLoss({
    name,
    options: Object.freeze(options),
    targets: [valueTargets],
    takesLogits,
    leastWidth: passes.length,
    outputsPerTarget: passes.length,
    ...(width === undefined ? {} : { width }),
    ...(targetRange === undefined ? {} : { targetRange }),
    count: (_target, { rows }, weights) => countRows(rows, weights),
    evaluate(prediction, target, gradient, weights) {
      const elements = countRows(prediction.layout.rows, weights) * prediction.width;
      // In order: the zeros that end one part are the room of the next.
      let sum = elements > 0 ? constant : 0;
      for (let index = 0; index < passes.length; index++)
        sum += evaluatePart(passes, index, elements, prediction, target, gradient, weights);
      return sum;
    },
  });
}

/** One pass over its part of the columns. */
function evaluatePart(
  passes: readonly ElementPass[],
  index: number,
  elements: number,
  { address, stride, layout, width }: Rows,
  target: TargetRows,
  gradient: GradientRows,
  weights: number,
): number {
  const { kind, alpha = 0, beta = 0, columns, part: told, divisor = 1 } = passes[index] as ElementPass;
  const columnsOfPart = width / passes.length;
  const offset = 4 * columnsOfPart * index;
  return joined(parts.elementwise).elementLoss(
    elementCodes[kind],
    gradient.address + offset,
    gradient.stride,
    address + offset,
    stride,
    target.address,
    target.stride,
    weights,
    layout.rows,
    columnsOfPart,
    told === undefined ? (columns?.address ?? 0) : address + 4 * columnsOfPart * told,
    told === undefined ? 0 : stride,
    alpha,
    beta,
    elements * divisor,
  );
}

/** Rows, or the sum of their weights. */
export function countRows(rows: number, weights: number): number {
  return weights === 0 ? rows : core().totalWeight(weights, 0, 0, 0, rows);
}
