import type { Activation } from "../activations.js";
import { keptGates } from "../layers/keptGates.js";
import type { GateRows, StatePart } from "../tensor/rows.js";
import type { Objective } from "../training/objective.js";
import { floats } from "../wasm/memory.js";
import { rangeOf } from "./activationRange.js";
import { type RecurrentPlace, recurrentLayers } from "./recurrentLayers.js";

/** How many values of a gate are where its activation is flat, so that next to no gradient passes. */
export interface GateSaturation {
  /** Name of the gate or candidate as the cell's equations have it. */
  readonly gate: string;
  /** Share of its values, over all units, steps and sequences, within 5 % of the activation's range from a bound. */
  readonly share: number;
  /** The part of that at the lower bound: a closed gate. */
  readonly low: number;
  /** The part at the upper bound: an open one. */
  readonly high: number;
}

/** Part of the range that counts as near. There σ and tanh have less than a fifth of their largest slope. */
const NEAR = 0.05;

/**
 * Saturation of the gates of every recurrent layer, from a prediction of the batch; a decoder that may be fed with the targets
 * is. An activation with a single bound, such as relu, has no range to take 5 % of: there only values at the bound itself count.
 */
export function gateSaturation(
  objective: Objective,
  examples: Int32Array,
  places: readonly RecurrentPlace[],
): GateSaturation[][] {
  const plan = objective.prepare(examples, false, keptGates);
  plan.run.forward(0, plan.layout.steps);
  const kept = recurrentLayers(plan);
  return places.map((place, index) => {
    const { gates, layout } = (kept[index] as RecurrentPlace).state;
    const activations = place.cell.gateActivations?.(place.config) ?? {};
    return (gates?.parts ?? []).flatMap((part) => {
      const activation = activations[part.name];
      return activation === undefined ? [] : [saturationOf(part, gates as GateRows, layout.rows, activation)];
    });
  });
}

function saturationOf(
  { name, offset, units }: StatePart,
  { address, stride }: GateRows,
  rows: number,
  activation: Activation,
): GateSaturation {
  const [least, most] = rangeOf(activation);
  const near = Number.isFinite(most - least) ? NEAR * (most - least) : 0;
  let [low, high] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const from = (address + row * stride + offset) >> 2;
    for (let at = from; at < from + units; at++) {
      const value = floats[at] as number;
      if (value <= least + near) low++;
      else if (value >= most - near) high++;
    }
  }
  const count = Math.max(1, rows * units);
  return { gate: name, share: (low + high) / count, low: low / count, high: high / count };
}
