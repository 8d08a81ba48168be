import type { CellOptions, RecurrentRun } from "../../support/subjectContract.js";
import type { MakeCell, OracleCell } from "./cell.js";
import { elman } from "./elman.js";
import { gru } from "./gru.js";
import { gruResetBefore } from "./gruResetBefore.js";
import { indRnn } from "./indRnn.js";
import { lstm } from "./lstm.js";
import { lstmCoupled } from "./lstmCoupled.js";
import { lstmGeneral } from "./lstmGeneral.js";
import { mgu } from "./mgu.js";
import { minGru } from "./minGru.js";
import { minLstm } from "./minLstm.js";
import { projected } from "./projected.js";
import { zoned } from "./zoned.js";

/** Every cell by its library name. A general GRU has the equations of the plain one, with functions to choose. */
export const oracleCells: Readonly<Record<string, MakeCell>> = {
  elman,
  gru,
  gruGeneral: gru,
  gruResetBefore,
  gruResetBeforeGeneral: gruResetBefore,
  indRnn,
  lstm,
  lstmCoupled,
  lstmGeneral,
  mgu,
  minGru,
  minLstm,
};

/** The cell of a run, or an error that says where to write it. */
export function oracleCell(run: Pick<RecurrentRun<Float64Array>, "cell" | "options" | "projectionSize">): OracleCell {
  const make = oracleCells[run.cell];
  if (make === undefined) {
    throw new Error(
      `no float64 oracle for "${run.cell}": write test/oracle/cells/${run.cell}.ts and list it in index.ts there.`,
    );
  }
  const plain = make(run.options);
  const rates = zoneoutRates(run.options, plain.states);
  const cell = rates.some((rate) => rate > 0) ? zoned(plain, rates[0] > 0) : plain;
  if (run.projectionSize === undefined) return cell;
  return projected(cell, run.projectionSize);
}

/** The rate of zoneout of each of a cell's own states. */
export function zoneoutRates({ zoneout = 0 }: CellOptions = {}, states = 1): number[] {
  const names = ["h", "c"].slice(0, states);
  return names.map((name) => (typeof zoneout === "number" ? zoneout : (zoneout[name] ?? 0)));
}
