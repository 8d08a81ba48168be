import { core } from "../wasm/core.js";
import type { UpdateBlocks } from "./optimizerRule.js";

/** The directions of the core's one update kernel, by their codes there. */
export const directions = { gradient: 0, momentum: 1, adam: 2, rms: 3, adadelta: 4, adamax: 5, lion: 6 } as const;

/**
 * W −= rate / correction · direction(g): the letters are those of `assembly/optimizers/directions.ts`, 0 where left out.
 * @param slots addresses, 0 where the direction does without
 * Lists are read by index: taking them apart costs as much as a small update.
 */
export function moveParameters(
  { ranges, rangeCount, parameters, gradients }: UpdateBlocks,
  direction: number,
  isDecoupled: boolean,
  slots: readonly [number, number, number],
  rate: number,
  correction: number,
  letters: readonly number[],
): void {
  core().moveParameters(
    direction,
    isDecoupled ? 1 : 0,
    ranges,
    rangeCount,
    parameters,
    gradients,
    slots[0],
    slots[1],
    slots[2],
    rate,
    correction,
    letters[0] ?? 0,
    letters[1] ?? 0,
    letters[2] ?? 0,
    letters[3] ?? 0,
    letters[4] ?? 0,
    letters[5] ?? 0,
    letters[6] ?? 0,
  );
}
