import { attemptActivation } from "./activation.js";
import type { Attempt } from "./engine.js";
import { attemptLoss } from "./loss.js";
import { attemptOptim } from "./optim.js";
import { attemptRnn } from "./rnn.js";
import { attemptTrain } from "./train.js";

/** How each kind of case is computed; a kind has a test file of its name beside this. */
export const attempts: Readonly<Record<string, Attempt>> = {
  activation: attemptActivation,
  rnn: attemptRnn,
  loss: attemptLoss,
  optim: attemptOptim,
  train: attemptTrain,
};
