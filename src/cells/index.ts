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
  /** h' = f(W_ih x + b_ih + W_hh h + b_hh): the textbook's recurrent network (Elman 1990). */
  elman: elmanCell,
  /** Reset after the product, as PyTorch and cuDNN compute it (Cho et al. 2014). */
  gru: gruCell,
  /** The same equations with any activation and a clip (ONNX, `linear_before_reset` = 1). */
  gruGeneral: gruGeneralCell,
  /** Reset before the product, as Keras has it with `reset_after=False` (Cho et al. 2014). */
  gruResetBefore: gruResetBeforeCell,
  /** The same equations with any activation and a clip (ONNX, `linear_before_reset` = 0). */
  gruResetBeforeGeneral: gruResetBeforeGeneralCell,
  /** Each unit sees only its own past (Li et al. 2018). */
  indRnn: indRnnCell,
  /** Input, forget and output gate round a cell state (Hochreiter & Schmidhuber 1997; Gers et al. 2000). */
  lstm: lstmCell,
  /** Forgets just what it writes: the forget gate is 1 − i (Greff et al. 2017; ONNX, `input_forget` = 1). */
  lstmCoupled: lstmCoupledCell,
  /** The LSTM with any activation, peepholes and clips (Gers & Schmidhuber 2000; Sak et al. 2014). */
  lstmGeneral: lstmGeneralCell,
  /** One gate that resets and updates (Zhou et al. 2016). */
  mgu: mguCell,
  /** A GRU whose gates see the input only (Feng et al. 2024). */
  minGru: minGruCell,
  /** An LSTM whose gates see the input only (Feng et al. 2024). */
  minLstm: minLstmCell,
} as const satisfies Record<string, CellDefinition>;

/** Name of a cell, by which configurations and files refer to it: see `cells`. */
export type CellName = keyof typeof cells;
