import type { CellDefinition } from "./cell.js";
import { elmanCell } from "./elman.js";
import { gruCell } from "./gru.js";
import { gruGeneralCell } from "./gruGeneral.js";
import { gruResetBeforeCell } from "./gruResetBefore.js";
import { gruResetBeforeGeneralCell } from "./gruResetBeforeGeneral.js";
import { indRnnCell } from "./indRnn.js";
import { lstmCell } from "./lstm.js";
import { lstmCoupledCell } from "./lstmCoupled.js";
import { lstmGeneralCell } from "./lstmGeneral.js";
import { mguCell } from "./mgu.js";
import { minGruCell } from "./minGru.js";
import { minLstmCell } from "./minLstm.js";

/** Every cell by its name, for configurations and files. */
export const cells = {
  elman: elmanCell,
  gru: gruCell,
  gruGeneral: gruGeneralCell,
  gruResetBefore: gruResetBeforeCell,
  gruResetBeforeGeneral: gruResetBeforeGeneralCell,
  indRnn: indRnnCell,
  lstm: lstmCell,
  lstmCoupled: lstmCoupledCell,
  lstmGeneral: lstmGeneralCell,
  mgu: mguCell,
  minGru: minGruCell,
  minLstm: minLstmCell,
} as const satisfies Record<string, CellDefinition>;

/** Name of a cell. */
export type CellName = keyof typeof cells;
