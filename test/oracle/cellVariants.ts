import { cells } from "../../src/cells/index.js";
import type { CellOptions } from "../support/subjectContract.js";

/** Cells and options that the laws are tried on beside the defaults. A clip is one that many of the values reach. */
const gated: readonly CellOptions[] = [
  { clip: 0.5 },
  { gateActivation: "hardSigmoid", candidateActivation: "relu" },
  { gateActivation: { type: "hardSigmoid", alpha: 0.25, beta: 0.4 }, candidateActivation: "softsign", clip: 0.8 },
  // g(0) is not 0: what is computed in the lanes beyond the last unit must stay there.
  { gateActivation: { type: "scaledTanh", alpha: 0.9, beta: 0.7 }, candidateActivation: "sigmoid" },
  { gateActivation: { type: "affine", alpha: 0.2, beta: 0.5 }, candidateActivation: "linear" },
];

const longShortTerm: readonly CellOptions[] = [
  ...gated,
  { peepholes: true },
  { cellClip: 0.6 },
  { peepholes: true, clip: 0.5, cellClip: 0.4 },
  { peepholes: true, gateActivation: "hardSigmoid", candidateActivation: "elu", outputActivation: "softplus" },
  { outputActivation: { type: "leakyRelu", alpha: 0.2 }, cellClip: 0.7 },
  { normalization: "layer", peepholes: true, clip: 0.8, cellClip: 0.4 },
  // f(0) and g(0) are not 0: the normalised cell state must not see the lanes beyond the last unit.
  { normalization: "layer", candidateActivation: "sigmoid", outputActivation: "softplus", peepholes: true },
];

const single: readonly CellOptions[] = [
  { activation: "tanh" },
  { activation: "relu" },
  // Functions of both kinds: slopes from the value, and from the input, which must then be kept.
  { activation: "sigmoid" },
  { activation: "mish" },
  { activation: { type: "leakyRelu", alpha: 0.3 } },
];

/** Option sets of every cell that has options, each option at least once. */
export const cellOptions: Readonly<Record<string, readonly CellOptions[]>> = {
  elman: [...single, { clip: 0.4 }, { activation: "elu", clip: 0.3 }],
  gruGeneral: gated,
  gruResetBeforeGeneral: gated,
  indRnn: [...single, { clip: 0.3 }],
  lstmCoupled: longShortTerm,
  lstmGeneral: longShortTerm,
};

/** A cell with some of its options set. */
export interface CellVariant {
  readonly label: string;
  readonly cell: string;
  readonly options: CellOptions;
}

/** A cell with its defaults, normalised, then with each of its option sets. */
export function cellVariants(cell: string): CellVariant[] {
  const others = (cellOptions[cell] ?? []).map((options) => ({ label: `${cell} ${words(options)}`, cell, options }));
  const normalized = { label: `${cell} normalized`, cell, options: { normalization: "layer" } as const };
  return [{ label: cell, cell, options: {} }, normalized, ...others];
}

function words(options: CellOptions): string {
  return JSON.stringify(options).replaceAll('"', "");
}

/** Cells whose hidden state can be projected: those without a product of a gated state. */
export const projectable: readonly string[] = Object.entries(cells)
  .filter(([, { lateBlocks }]) => lateBlocks === 0)
  .map(([name]) => name);
