/**
 * The library as an engine of the parity, gradient and property tests: one layer at a time through its planned run, whole
 * trainings through the public interface.
 */
export { runActivation, runDense, runLoss, runSoftmax } from "./subjectLayers.js";
export { runClip, runOptimizer } from "./subjectOptimizers.js";
export { runRecurrent } from "./subjectRecurrent.js";
export { trainCharacters, trainWindows } from "./subjectTraining.js";
