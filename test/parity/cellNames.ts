import type { ReferenceCase } from "../support/fixtures.js";
import type { CellOptions } from "../support/subjectContract.js";

/** The library's cell for a name of the reference data: `rnn_tanh` is an Elman network with tanh. */
export function libraryCell(reference: ReferenceCase): { cell: string; options?: CellOptions } {
  const name = reference.text("cell");
  const [, activation] = /^rnn_(.*)$/.exec(name) ?? [];
  return activation === undefined ? { cell: name } : { cell: "elman", options: { activation } };
}
