import { core } from "../wasm/core.js";
import type { UpdateBlocks } from "./optimizerRule.js";

/** The directions of the core's one update kernel, by their codes there. */
export const directions = { gradient: 0, momentum: 1, adam: 2, rms: 3, adadelta: 4, adamax: 5, lion: 6 } as const;

/**
 * W −= rate / correction · direction(g): the letters are those of `assembly/optimizers/directions.ts`, 0 where left out.
 * @param slots addresses, 0 where the direction does without; read by index, since taking a list apart takes its time
 */
export function moveParameters(
  { ranges, rangeCount, parameters, gradients }: UpdateBlocks,
  direction: number,
  isDecoupled: boolean,
  slots: readonly [number, number, number],
  rate: number,
  correction: number,
  a = 0,
  b = 0,
  c = 0,
  d = 0,
  e = 0,
  f = 0,
  h = 0,
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
    a,
    b,
    c,
    d,
    e,
    f,
    h,
  );
}
