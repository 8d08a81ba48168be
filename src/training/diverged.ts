import { StateError } from "../errors.js";
import type { ParameterBlock } from "../tensor/parameters.js";
import { floats } from "../wasm/memory.js";

/** The error of a run whose numbers are no longer finite: when, where, and the usual cures. */
export function diverged(
  parameters: ParameterBlock,
  epoch: number,
  updates: number,
  what: string,
  lastNorm: number,
): StateError {
  const at = layerOfTrouble(parameters);
  return new StateError(
    `training diverged in epoch ${epoch + 1}, after ${updates} updates: ${what}${at}; the last good gradient norm was ${lastNorm}. ` +
      "The weights are those of the last good update. Usual cures: a lower learning rate, clipNorm 1, scaled inputs and targets, a tanh instead of a relu.",
  );
}

/** The parameter whose gradient, or else whose value, is the largest or no number at all. */
function layerOfTrouble(parameters: ParameterBlock): string {
  let [worst, most, kind] = ["", -1, ""];
  for (const entry of parameters.entries) {
    for (const [block, name] of [
      [parameters.gradients, "gradient"],
      [parameters.values, "weight"],
    ] as const) {
      const start = (block >> 2) + entry.offset;
      for (let at = start; at < start + entry.count; at++) {
        const size = Math.abs(floats[at] as number);
        const rank = Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
        if (rank > most) [worst, most, kind] = [entry.name, rank, name];
      }
    }
  }
  const dot = worst.lastIndexOf(".");
  const layer = dot < 0 ? "" : ` of layer "${worst.slice(0, dot)}"`;
  return `; the largest ${kind} (${most === Number.POSITIVE_INFINITY ? "not finite" : most}) is in ${worst.slice(dot + 1)}${layer}`;
}
