// Exports only. One line a room: what a prediction needs, then the way back and the training.
import "./wayBack";

export * from "./predict";
export { packBias, panelsOfRows } from "./panels";
export { biasGradient, outerRows, packedWeightGradient, weightGradient } from "./outer";
export { scatterAddRows, totalWeight } from "./rows";
export { recurrentBackward, recurrentStartBackward } from "./sequence";
export { recurrentGradients } from "./recurrentWeights";
export { elementLoss } from "./losses/elementwise";
export { clampRanges, scaleRanges, sumOfSquares } from "./optimizers/ranges";
export { moveParameters } from "./optimizers/moveParameters";
export { activationBackward } from "./activations";
export { logSoftmaxBackward, logSoftmaxForward, softmaxBackward } from "./layers/softmax";
export { cos64 } from "./float64";
export { crossEntropy } from "./losses/crossEntropy";
export { ctc } from "./losses/ctc";
export { mixtureDensity } from "./losses/mixtureDensity";
export { layerNormBackward, layerNormGradients } from "./layers/layerNorm";
export { denseBackward, denseGradients } from "./layers/dense";
export { fillPermutation } from "./random";
export { maxStepsBackward, meanStepsBackward } from "./layers/poolSteps";
