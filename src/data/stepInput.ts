import { ShapeError } from "../errors.js";
import type { InputKind } from "./inputKind.js";
import { Sequences } from "./sequences.js";

/** One step a sequence: [batch, features] and [batch, 1, features]. */
export const stepInput: InputKind = {
  key: "one step",
  isSingleStep: true,
  tokenColumns: [],
  read(owner, given) {
    requireOneStep(owner, given);
    return new Sequences(given.values, given.starts, given.lengths, given.width, 2, given.padded);
  },
};

/** @throws ShapeError when a sequence has another number of steps */
export function requireOneStep(owner: string, { lengths }: Sequences): void {
  const at = lengths.findIndex((length) => length !== 1);
  if (at < 0) return;
  throw new ShapeError(`${owner} reads one step a sequence, [batch, features], but sequence ${at} has ${lengths[at]}.`);
}
