import type { CellDefinition } from "./cell.js";
import { elmanCell } from "./elman.js";
import { gruCell } from "./gru.js";
import { gruResetBeforeCell } from "./gruResetBefore.js";
import { lstmCell } from "./lstm.js";

/** Every cell by its name, for configurations and files. */
export const cells = {
  elman: elmanCell,
  gru: gruCell,
  gruResetBefore: gruResetBeforeCell,
  lstm: lstmCell,
} as const satisfies Record<string, CellDefinition>;

/** Name of a cell. */
export type CellName = keyof typeof cells;
