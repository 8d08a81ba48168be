import { attemptActivation } from "./activation.js";
import type { Attempt } from "./engine.js";
import { attemptKeras } from "./keras.js";
import { attemptKerasInitial } from "./kerasInitial.js";
import { attemptKerasModels } from "./kerasModels.js";
import { attemptLoss } from "./loss.js";
import { attemptOnnx } from "./onnx.js";
import { attemptOptim } from "./optim.js";
import { attemptRnn } from "./rnn.js";
import { attemptSchedule } from "./schedule.js";
import { attemptStateDict } from "./stateDict.js";
import { attemptTorchOnnx } from "./torchOnnx.js";
import { attemptTrain } from "./train.js";

/** How each kind of case is computed; a kind has a test file of its name beside this. */
export const attempts: Readonly<Record<string, Attempt>> = {
  activation: attemptActivation,
  keras: attemptKeras,
  keras_initial: attemptKerasInitial,
  keras_models: attemptKerasModels,
  onnx: attemptOnnx,
  rnn: attemptRnn,
  loss: attemptLoss,
  optim: attemptOptim,
  schedule: attemptSchedule,
  state_dict: attemptStateDict,
  torch_onnx: attemptTorchOnnx,
  train: attemptTrain,
};
