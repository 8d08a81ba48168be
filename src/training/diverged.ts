import { StateError } from "../errors.js";
import { definitionOf } from "../layers/layer.js";
import type { Interior } from "../models/interior.js";
import type { Plan, PlannedLayer } from "../models/plan.js";
import type { ParameterBlock } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";

/** When and where a run's numbers ceased to be finite. */
export interface Divergence {
  readonly interior: Interior;
  /** The batch that did it, its values and gradients still in place. */
  readonly plan: Plan;
  /** From 1. */
  readonly epoch: number;
  /** Good updates before it. */
  readonly updates: number;
  readonly what: string;
  /** What was being done: outputs are looked at after the way forward, gradients after the way back. */
  readonly during: "forward" | "backward" | "update";
  /** Norm of the last good gradient. */
  readonly lastNorm: number;
}

const CURES =
  "Usual cures: a lower learning rate, clipNorm 1, scaled inputs and targets, a tanh instead of a relu, shorter sequences.";

/** The error of a run whose numbers are no longer finite: when, where, and the usual cures. */
export function diverged({ interior, plan, epoch, updates, what, during, lastNorm }: Divergence): StateError {
  const { parameters } = interior;
  const [block, kind] = during === "forward" ? [parameters.values, "weight"] : [parameters.gradients, "gradient"];
  const spot = during === "update" ? [] : firstSpot(plan, during);
  const facts = [
    `training diverged in epoch ${epoch}, after ${updates} update${updates === 1 ? "" : "s"}: ${what}`,
    ...(during === "forward" && spot.length === 0 ? ["every output is finite: look at the loss itself"] : spot),
    largest(parameters, block, kind),
    ...(updates === 0 ? [] : [`the last good gradient norm was ${lastNorm}`]),
  ];
  return new StateError(`${facts.join("; ")}. The weights are those of the last good update. ${CURES}`);
}

type Way = Exclude<Divergence["during"], "update">;

/** A value that is not finite: which layer, which step, which sequence. */
interface Spot {
  readonly layer: PlannedLayer;
  /** Undefined where the layer has one row a sequence. */
  readonly step: number | undefined;
  readonly sequence: number;
  readonly value: number;
}

/**
 * The first value that is not finite, in time and then from layer to layer: what comes after it follows from it. On the way back
 * the last step comes first, and the last layer.
 */
export function firstSpot(plan: Plan, way: Way): string[] {
  const isBack = way === "backward";
  const layers = isBack ? producers(plan).reverse() : producers(plan);
  const time = ({ step = Infinity }: Spot) => (isBack ? -step : step);
  const spots = layers.flatMap((layer) => spotIn(plan, layer, way) ?? []);
  // Those at one step keep their order.
  spots.sort((a, b) => time(a) - time(b) || 0);
  const [what, of] = isBack ? ["gradient", "that of the output "] : ["output", ""];
  return spots.slice(0, 1).map((spot) => `the first ${what} that is not finite is ${of}${describeSpot(spot)}`);
}

/** The layers that give rows of their own: not those that hand on what a layer inside or before them gave. */
function producers({ layers }: Plan): PlannedLayer[] {
  const addresses = layers.map(({ run }) => run.output.address);
  return layers.filter((_, index) => addresses.indexOf(addresses[index] as number) === index);
}

/** The first value of a layer's rows that is not finite, in the order of the way. */
function spotIn(plan: Plan, layer: PlannedLayer, way: Way): Spot | undefined {
  const { layout, width, address, gradient, stride, gradientStride } = layer.run.output;
  const [base, bytes] = way === "forward" ? [address, stride] : [gradient, gradientStride];
  if (base === 0) return undefined;
  for (let index = 0; index < layout.steps; index++) {
    const step = way === "forward" ? index : layout.steps - 1 - index;
    const from = layout.firstRow(step);
    for (let row = from; row < layout.firstRow(step + 1); row++) {
      const start = (base + row * bytes) >> 2;
      for (let at = start; at < start + width; at++) {
        const value = floats[at] as number;
        if (Number.isFinite(value)) continue;
        const sequence = layout.order[row - from] as number;
        return { layer, step: layout === plan.layout ? layout.offset + step : undefined, sequence, value };
      }
    }
  }
  return undefined;
}

function describeSpot({ layer: { path, layer }, step, sequence, value }: Spot): string {
  const name = definitionOf(layer).describe(layer.config);
  const time = step === undefined ? "" : `step ${step} of `;
  return `of layer "${path}" (${name}) at ${time}sequence ${sequence} of the batch: ${value}`;
}

/** The parameter whose values in a block are the largest, or no numbers at all. */
function largest(parameters: ParameterBlock, block: number, kind: string): string {
  let [worst, most] = ["", -1];
  for (const entry of parameters.entries) {
    const start = (block >> 2) + entry.offset;
    for (let at = start; at < start + entry.count; at++) {
      const size = Math.abs(floats[at] as number);
      const rank = Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
      if (rank > most) [worst, most] = [entry.name, rank];
    }
  }
  const dot = worst.lastIndexOf(".");
  const layer = dot < 0 ? "" : ` of layer "${worst.slice(0, dot)}"`;
  return `the largest ${kind} (${most === Number.POSITIVE_INFINITY ? "not finite" : most}) is in ${worst.slice(dot + 1)}${layer}`;
}
