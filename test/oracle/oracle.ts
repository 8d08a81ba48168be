import type { Subject } from "../support/subjectContract.js";
import { oracleActivation } from "./activations.js";
import { runDense } from "./dense.js";
import { runLabelLoss } from "./labelLoss.js";
import { oracleLosses } from "./losses.js";
import { runMasked } from "./maskedSequence.js";
import { runClip, runOptimizer } from "./optimizers.js";
import { runSchedule } from "./schedules.js";
import { runSoftmax } from "./softmax.js";
import { trainAnswers } from "./trainAnswers.js";
import { trainCharacters, trainWindows } from "./training.js";
import { trainSequences } from "./trainSequences.js";
import { trainStreams } from "./trainStreams.js";

/** The textbook's equations in float64, without any cleverness: what the library is held against. */
export const oracle: Subject<Float64Array> = {
  runRecurrent: runMasked,
  runDense,
  runActivation(activation, x) {
    const { value, derivative } = oracleActivation(activation);
    return { y: x.map(value), derivative: x.map(derivative) };
  },
  runSoftmax,
  runLoss(name, prediction, target, shape, options, weights) {
    const loss = oracleLosses[name];
    if (loss === undefined)
      throw new Error(`no float64 oracle for the loss "${name}": add it to test/oracle/losses.ts.`);
    return loss(prediction, target, shape, options, weights);
  },
  runLabelLoss,
  runOptimizer,
  runClip,
  runSchedule,
  trainWindows,
  trainCharacters,
  trainSequences,
  trainStreams,
  trainAnswers,
};
