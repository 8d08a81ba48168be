import { type Activation, activation } from "../activations.js";
import { requireNumber } from "../shape.js";
import type { OptionWord } from "./cell.js";

/** Freedoms of a gated cell. */
export interface GateConfig {
  /** φ of the gates; default `sigmoid`. */
  readonly gateActivation: Activation;
  /** γ of the candidate; default `tanh`. */
  readonly candidateActivation: Activation;
  /** Bound on what goes into an activation, both ways; `null` for none (the default). */
  readonly clip: number | null;
}

/** Names of these options. */
export const gateOptionNames = ["gateActivation", "candidateActivation", "clip"] as const;

/** @throws ArgumentError when one is out of range */
export function gateConfig(owner: string, options: Readonly<Record<string, unknown>>): GateConfig {
  const { gateActivation = "sigmoid", candidateActivation = "tanh" } = options as Partial<GateConfig>;
  activation(gateActivation);
  activation(candidateActivation);
  return { gateActivation, candidateActivation, clip: bound(`clip of ${owner}`, options.clip) };
}

/** A positive bound, or null for none. */
export function bound(owner: string, value: unknown): number | null {
  return value === undefined || value === null ? null : requireNumber(owner, value, Number.MIN_VALUE);
}

/** The words that `assembly/gateOptions.ts` reads. */
export function gateWords(
  training: boolean,
  clip: number | null,
  cellClip: number | null,
  choices: readonly Activation[],
): OptionWord[] {
  const float = (value: number): OptionWord => ({ value, isFloat: true });
  return [
    { value: training ? 1 : 0, isFloat: false },
    float(clip ?? Number.POSITIVE_INFINITY),
    float(cellClip ?? Number.POSITIVE_INFINITY),
    ...choices.flatMap((choice) => {
      const { code, alpha, beta } = activation(choice);
      return [{ value: code, isFloat: false }, float(alpha), float(beta)];
    }),
  ];
}
