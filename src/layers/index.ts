import type { CellDefinition } from "../cells/cell.js";
import { FormatError } from "../errors.js";
import { cells } from "../cells/index.js";
import { denseDefinition } from "./dense.js";
import { finalStateDefinition } from "./finalState.js";
import { lastStepDefinition } from "./lastStep.js";
import type { LayerDefinition } from "./layer.js";
import { recurrentDefinition } from "./recurrent.js";
import { sequentialDefinition } from "./sequential.js";

/** Every kind of layer by its type, for reading specifications from files. A recurrent layer's also depends on its cell. */
export const layers = {
  dense: () => denseDefinition,
  finalState: () => finalStateDefinition,
  lastStep: () => lastStepDefinition,
  recurrent: (config: { readonly cell?: unknown }, known: Readonly<Record<string, CellDefinition>> = cells) => {
    const name = config.cell;
    if (typeof name !== "string" || !Object.hasOwn(known, name)) {
      throw new FormatError(`the file has a layer of an unknown cell ${JSON.stringify(name)}. Known are ${Object.keys(known).join(", ")}.`);
    }
    return recurrentDefinition(known[name] as CellDefinition);
  },
  sequential: () => sequentialDefinition,
} as const satisfies Record<string, (config: never) => LayerDefinition>;
