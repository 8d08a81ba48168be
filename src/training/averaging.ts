import { ArgumentError } from "../errors.js";
import type { Model } from "../models/model.js";
import { describe } from "../shape.js";
import type { WeightAverage } from "./weightAverage.js";

/** How weights are averaged from update to update: a value, without memory. */
export interface Averaging {
  /** What a trainer's file calls it. */
  readonly name: string;
  /** The options it was made with, every default in its place. */
  readonly options: Readonly<Record<string, number>>;
  /** How much of the weights after update number `update` (from 1) enters: average += share · (W − average). */
  share(update: number): number;
  /** An average of a model's weights that has seen no update. */
  begin(model: Model): WeightAverage;
}

/** @throws ArgumentError when it is none */
export function requireAveraging(averaging: unknown): Averaging {
  const { share, begin } = (averaging ?? {}) as { share?: unknown; begin?: unknown };
  if (typeof share === "function" && typeof begin === "function") return averaging as Averaging;
  throw new ArgumentError(`averaging must be such as ema({ decay: 0.999 }), received ${describe(averaging)}.`);
}
