import type { Subject } from "../support/subjectContract.js";
import { oracleActivation } from "./activations.js";
import { runDense } from "./dense.js";
import { oracleLosses } from "./losses.js";
import { runClip, runOptimizer } from "./optimizers.js";
import { runRecurrent } from "./sequence.js";
import { runSoftmax } from "./softmax.js";
import { trainCharacters, trainWindows } from "./training.js";

/** The textbook's equations in float64, without any cleverness: what the library is held against. */
export const oracle: Subject<Float64Array> = {
  runRecurrent,
  runDense,
  runActivation(activation, x) {
    const { value, derivative } = oracleActivation(activation);
    return { y: x.map(value), derivative: x.map(derivative) };
  },
  runSoftmax,
  runLoss(name, prediction, target, shape, options) {
    const loss = oracleLosses[name];
    if (loss === undefined)
      throw new Error(`no float64 oracle for the loss "${name}": add it to test/oracle/losses.ts.`);
    if (Object.keys(options).length > 0) throw new Error(`the oracle's ${name} has no options`);
    return loss(prediction, target, shape);
  },
  runOptimizer,
  runClip,
  trainWindows,
  trainCharacters,
};
