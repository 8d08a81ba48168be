/**
 * The library as an engine of the parity, gradient and property tests: one layer at a time through its planned run, whole
 * trainings through the public interface.
 */
export { trainAnswers } from "./subjectAnswers.js";
export { runLabelLoss } from "./subjectLabels.js";
export { runActivation, runDense, runLoss, runSoftmax } from "./subjectLayers.js";
export { runClip, runOptimizer } from "./subjectOptimizers.js";
export { runRecurrent } from "./subjectRecurrent.js";
export { runSchedule } from "./subjectSchedules.js";
export { trainStreams } from "./subjectStreams.js";
export { trainCharacters, trainSequences } from "./subjectTraining.js";
export { trainWindows } from "./subjectWindows.js";
