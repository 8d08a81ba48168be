/**
 * Everything, with the core inside: import and call.
 *
 * A network is described by {@link sequential}, {@link lstm}, {@link dense} and their kin, or as a whole by {@link manyToOne} and
 * the other architectures; {@link Model} gives it weights, {@link fit} trains it, {@link Model.session} runs it step by step.
 * {@link Forecaster} does all of it for a series.
 *
 * @module recurve
 */

export type { Activation, ActivationName } from "./activations.js";
export { encoderDecoder } from "./architectures/encoderDecoder.js";
export type { EncoderDecoderOptions } from "./architectures/encoderDecoderOptions.js";
export { type ManyToManyOptions, manyToMany } from "./architectures/manyToMany.js";
export { type ManyToOneOptions, manyToOne } from "./architectures/manyToOne.js";
export { type OneToManyOptions, oneToMany } from "./architectures/oneToMany.js";
export { type OneToOneOptions, oneToOne } from "./architectures/oneToOne.js";
export type { InputOptions as ArchitectureInput, StackedOptions, StackOptions } from "./architectures/stack.js";
export type { CellDefinition, CellKernel, ForeignSystem, OptionWord, OwnParameter } from "./cells/cell.js";
export { defineCell } from "./cells/cell.js";
export type { ElmanConfig } from "./cells/elman.js";
export type { GateConfig } from "./cells/gateOptions.js";
export { type CellName, cells } from "./cells/index.js";
export type { IndRnnConfig } from "./cells/indRnn.js";
export type { LstmConfig } from "./cells/lstmGeneral.js";
export { type Batch, type BatchOptions, batches } from "./data/batches.js";
export type { Data, Dataset } from "./data/dataset.js";
export type { GivenStates, States, StatesLike } from "./data/givenStates.js";
export { joinFeatures } from "./data/joinFeatures.js";
export { paddingMask } from "./data/paddingMask.js";
export type { InputOptions } from "./data/readInput.js";
export type { Scalable } from "./data/scalable.js";
export {
  type Scaled,
  Scaler,
  type ScalerKind,
  type ScalerOptions,
  type ScalerState,
  scaler,
} from "./data/scaler.js";
export type { Sequences, SequencesLike } from "./data/sequences.js";
export { type Split, type SplitOptions, split, unique } from "./data/splits.js";
export { type StreamOptions, streams } from "./data/streams.js";
export {
  type Special as SpecialToken,
  type Text,
  Vocabulary,
  type VocabularyOptions,
  type VocabularyState,
  vocabulary,
} from "./data/vocabulary.js";
export { type WindowOptions, windows } from "./data/windows.js";
export { type ChooseTokenOptions, chooseToken } from "./decoding/chooseToken.js";
export { type CtcBeamOptions, type CtcHypothesis, ctcBeam } from "./decoding/ctcBeam.js";
export { ctcGreedy } from "./decoding/ctcGreedy.js";
export type { CtcOutputOptions } from "./decoding/ctcOutput.js";
export { labelErrorRate } from "./decoding/labelErrorRate.js";
export { type SampleMixtureOptions, sampleMixture } from "./decoding/sampleMixture.js";
export type { SamplingOptions } from "./decoding/sampling.js";
export { sortQuantiles } from "./decoding/sortQuantiles.js";
export type { CheckedElement, CheckedParameter } from "./diagnostics/checkVerdict.js";
export { drawGradientFlow, type GradientFlowDrawing } from "./diagnostics/drawGradientFlow.js";
export { type DrawOptions, drawUnrolled } from "./diagnostics/drawUnrolled.js";
export {
  type GradientCheck,
  type GradientCheckOptions,
  gradientCheck,
} from "./diagnostics/gradientCheck.js";
export {
  type GradientFlow,
  type GradientFlowOptions,
  gradientFlow,
  type LayerFlow,
} from "./diagnostics/gradientFlow.js";
export type { Clipping, ParameterShare } from "./diagnostics/gradientShares.js";
export type { BlockRadius } from "./diagnostics/recurrentMatrices.js";
export type { GateSaturation } from "./diagnostics/saturation.js";
export type { TimeNorms } from "./diagnostics/timeNorms.js";
export { type LayerTrace, type Trace, trace } from "./diagnostics/trace.js";
export { ArgumentError, FormatError, ShapeError, StateError } from "./errors.js";
export type { Bytes } from "./formats/bytes.js";
export type { IntegerArray } from "./formats/elementTypes.js";
export type { KerasState } from "./formats/kerasChain.js";
export type { KerasRepeat, KerasStateLink, KerasStateSource } from "./formats/kerasPart.js";
export type { WeightFormat, WeightLayout } from "./formats/layout.js";
export type { ImportOptions, Weights } from "./formats/readWeights.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./formats/safetensors.js";
export type { ExportOptions } from "./formats/writeWeights.js";
export type { InitializerName } from "./initializers.js";
export { type ActivateConfig, activate } from "./layers/activate.js";
export { type AttentionPoolConfig, attentionPool } from "./layers/attentionPool.js";
export { type BidirectionalConfig, bidirectional } from "./layers/bidirectional.js";
export { type ColumnsConfig, columns } from "./layers/columns.js";
export { type ConcatenateConfig, concatenate } from "./layers/concatenate.js";
export { type DenseConfig, type DenseOptions, dense } from "./layers/dense.js";
export { type DropoutConfig, dropout } from "./layers/dropout.js";
export { elman } from "./layers/elman.js";
export { type EmbeddingConfig, type EmbeddingOptions, embedding } from "./layers/embedding.js";
export { type EveryStepConfig, everyStep } from "./layers/everyStep.js";
export { finalState } from "./layers/finalState.js";
export type { ForcingSchedule, TeacherForcing } from "./layers/forcing.js";
export { type GruOptions, gru } from "./layers/gru.js";
export { indRnn } from "./layers/indRnn.js";
export { lastStep } from "./layers/lastStep.js";
export type { Layer, NameOptions } from "./layers/layer.js";
export { type LayerNormConfig, type LayerNormOptions, layerNorm } from "./layers/layerNorm.js";
export { type LstmOptions, lstm } from "./layers/lstm.js";
export { mgu } from "./layers/mgu.js";
export { minGru } from "./layers/minGru.js";
export { minLstm } from "./layers/minLstm.js";
export { type OneHotConfig, oneHot } from "./layers/oneHot.js";
export { max, mean } from "./layers/poolSteps.js";
export { recurrent } from "./layers/recurrent.js";
export type { ChronoBias, RecurrentConfig, RecurrentOptions } from "./layers/recurrentConfig.js";
export { type ResidualConfig, residual } from "./layers/residual.js";
export { reverseSteps } from "./layers/reverseSteps.js";
export { type SequentialConfig, sequential } from "./layers/sequential.js";
export { logSoftmax, softmax } from "./layers/softmax.js";
export type { BridgeKind } from "./layers/stateBridge.js";
export { tied } from "./layers/tied.js";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWith,
} from "./losses/binaryCrossEntropy.js";
export { type CrossEntropyOptions, crossEntropy, crossEntropyWith } from "./losses/crossEntropy.js";
export { type CtcOptions, ctc } from "./losses/ctc.js";
export { type GaussianNllOptions, gaussianNll } from "./losses/gaussianNll.js";
export { type HuberOptions, huber } from "./losses/huber.js";
export { type KlDivergenceOptions, klDivergence } from "./losses/klDivergence.js";
export { logCosh } from "./losses/logCosh.js";
export type { Loss } from "./losses/loss.js";
export { meanAbsoluteError } from "./losses/meanAbsoluteError.js";
export { meanSquaredError } from "./losses/meanSquaredError.js";
export { mixtureDensity } from "./losses/mixtureDensity.js";
export type { MixtureOptions } from "./losses/mixtureParts.js";
export { poisson } from "./losses/poisson.js";
export { type QuantileLossOptions, quantileLoss } from "./losses/quantileLoss.js";
export { type SmoothL1Options, smoothL1 } from "./losses/smoothL1.js";
export { type Decoded, type DecodeOptions, decode, type Hypothesis } from "./models/decode.js";
export { describeOnnx, type OnnxDescription, type OnnxPort, type OnnxStatePlace } from "./models/describeOnnx.js";
export { exportWeights } from "./models/exportWeights.js";
export { type Answer, type GenerateOptions, generate } from "./models/generate.js";
export { importWeights } from "./models/importWeights.js";
export { KerasModel, type KerasNetwork } from "./models/kerasModel.js";
export { loadKeras } from "./models/loadKeras.js";
export { type LoadOptions, loadModel } from "./models/loadModel.js";
export { loadOnnx, type OnnxOptions } from "./models/loadOnnx.js";
export { Model, type ModelOptions, type SaveOptions } from "./models/model.js";
export type { PredictOptions } from "./models/predict.js";
export { type RunResult, run } from "./models/run.js";
export type { Session } from "./models/session.js";
export { type StepInputs, stepAll } from "./models/stepAll.js";
export type { TestVector, Vectors, VectorToRecord } from "./models/vectors.js";
export { type OutputDifference, type Verification, verify } from "./models/verify.js";
export { type AdadeltaOptions, adadelta } from "./optimizers/adadelta.js";
export { type AdagradOptions, adagrad } from "./optimizers/adagrad.js";
export { type AdamOptions, adam } from "./optimizers/adam.js";
export { type AdamaxOptions, adamax } from "./optimizers/adamax.js";
export { type AdamWOptions, adamW } from "./optimizers/adamW.js";
export { type LionOptions, lion } from "./optimizers/lion.js";
export { type NadamOptions, nadam } from "./optimizers/nadam.js";
export type { OptimizerRule } from "./optimizers/optimizerRule.js";
export { type RadamOptions, radam } from "./optimizers/radam.js";
export { type RmspropOptions, rmsprop } from "./optimizers/rmsprop.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export { type CosineRestartsOptions, cosineRestarts } from "./schedules/cosineRestarts.js";
export { type CosineScheduleOptions, cosineSchedule } from "./schedules/cosineSchedule.js";
export { defineSchedule } from "./schedules/defineSchedule.js";
export { type ExponentialScheduleOptions, exponentialSchedule } from "./schedules/exponentialSchedule.js";
export { type LinearScheduleOptions, linearSchedule } from "./schedules/linearSchedule.js";
export { type OneCycleOptions, oneCycle } from "./schedules/oneCycle.js";
export { type PolynomialScheduleOptions, polynomialSchedule } from "./schedules/polynomialSchedule.js";
export { productOf } from "./schedules/productOf.js";
export { type ReduceOnPlateauOptions, reduceOnPlateau } from "./schedules/reduceOnPlateau.js";
export type { EpochOutcome, Schedule, ScheduleDefinition, ScheduleMoment } from "./schedules/schedule.js";
export type { Each, SteppedOptions } from "./schedules/scheduleOptions.js";
export { type StepScheduleOptions, stepSchedule } from "./schedules/stepSchedule.js";
export { type WarmUpOptions, warmUp } from "./schedules/warmUp.js";
export type { Shape } from "./shape.js";
export type { Accuracy } from "./tasks/accuracy.js";
export type { Backtest, BacktestEntry, BacktestOptions } from "./tasks/backtest.js";
export type { BacktestIntervals, Coverage } from "./tasks/coverage.js";
export { Forecaster, type IntervalForecast } from "./tasks/forecaster.js";
export type { ForecasterOptions, ForecasterProgress, ForecasterSettings } from "./tasks/forecasterOptions.js";
export type { IntervalMethod, IntervalOptions, IntervalSettings } from "./tasks/intervalOptions.js";
export type { Series } from "./tasks/series.js";
export type { Difference, TransformState } from "./tasks/transform.js";
export type { Parameter } from "./tensor/parameters.js";
export { type Nested, Tensor, tensor } from "./tensor/tensor.js";
export type { Averaging } from "./training/averaging.js";
export { type BackpropagateOptions, backpropagate, clearGradients } from "./training/backpropagate.js";
export { type ClipOptions, clipGradients, gradientNorm } from "./training/clipGradients.js";
export { type EmaOptions, ema } from "./training/ema.js";
export { type EvaluateOptions, type Evaluation, evaluate } from "./training/evaluate.js";
export { type FitResult, fit } from "./training/fit.js";
export type { FitOptions, FitProgress } from "./training/fitSettings.js";
export type { AnyLoss, LossFunction, LossResult } from "./training/lossFunction.js";
export { absoluteError, accuracy, type Metric } from "./training/metric.js";
export { Optimizer } from "./training/optimizer.js";
export type { ResumeOptions } from "./training/resumeOptions.js";
export type { RunLength } from "./training/runLength.js";
export { type RateFactors, setRates } from "./training/setRates.js";
export type { Ending, EpochReport } from "./training/standing.js";
export { stateGradients } from "./training/stateGradients.js";
export { type RunReport, Trainer } from "./training/trainer.js";
export type { TrainerOptions } from "./training/trainerOptions.js";
export { type TruncatedOptions, truncated } from "./training/truncated.js";
export type { Truncation } from "./training/truncation.js";
export { WeightAverage } from "./training/weightAverage.js";
export { memoryUsage } from "./wasm/memory.js";
