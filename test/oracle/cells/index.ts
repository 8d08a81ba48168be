import type { ActivationChoice } from "../../support/subjectContract.js";
import type { OracleCell } from "./cell.js";
import { elman } from "./elman.js";
import { gru } from "./gru.js";
import { gruResetBefore } from "./gruResetBefore.js";
import { lstm } from "./lstm.js";

/** Every cell by its library name; the argument is the activation of those that take one. */
export const oracleCells: Readonly<Record<string, (activation?: ActivationChoice) => OracleCell>> = {
  elman,
  lstm: () => lstm,
  gru: () => gru,
  gruResetBefore: () => gruResetBefore,
};
