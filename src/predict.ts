/**
 * What runs a network and nothing that trains one: `loadModel`, `Model`, sessions, `decode`, `generate`,
 * weights of other systems, on a smaller core of its own. The bits are those of `recurve`; models and layers of `recurve` are
 * refused.
 *
 * @module recurve/predict
 */

export type { Activation, ActivationName } from "./activations.js";
export { type EncoderDecoderOptions, encoderDecoder } from "./architectures/encoderDecoder.js";
export { type ManyToManyOptions, manyToMany } from "./architectures/manyToMany.js";
export { type ManyToOneOptions, manyToOne } from "./architectures/manyToOne.js";
export { type OneToManyOptions, oneToMany } from "./architectures/oneToMany.js";
export { type OneToOneOptions, oneToOne } from "./architectures/oneToOne.js";
export type { InputOptions as ArchitectureInput, StackOptions } from "./architectures/stack.js";
export type { CellDefinition } from "./cells/cell.js";
export { defineCell } from "./cells/cell.js";
export type { ElmanConfig } from "./cells/elman.js";
export { type CellName, cells } from "./cells/index.js";
export type { States, StatesLike } from "./data/givenStates.js";
export { joinFeatures } from "./data/joinFeatures.js";
export { paddingMask } from "./data/paddingMask.js";
export type { InputOptions } from "./data/readInput.js";
export type { Scalable } from "./data/scalable.js";
export { type Scaled, Scaler, type ScalerOptions, scaler } from "./data/scaler.js";
export type { Sequences, SequencesLike } from "./data/sequences.js";
export { type Text, Vocabulary, type VocabularyOptions, type VocabularyState, vocabulary } from "./data/vocabulary.js";
export { type ChooseTokenOptions, chooseToken } from "./decoding/chooseToken.js";
export { type CtcBeamOptions, type CtcHypothesis, ctcBeam } from "./decoding/ctcBeam.js";
export { ctcGreedy } from "./decoding/ctcGreedy.js";
export type { CtcOutputOptions } from "./decoding/ctcOutput.js";
export { type SampleMixtureOptions, sampleMixture } from "./decoding/sampleMixture.js";
export type { SamplingOptions } from "./decoding/sampling.js";
export { ArgumentError, FormatError, ShapeError, StateError } from "./errors.js";
export type { Bytes } from "./formats/bytes.js";
export type { IntegerArray } from "./formats/elementTypes.js";
export type { KerasState } from "./formats/kerasChain.js";
export type { KerasStateLink, KerasStateSource } from "./formats/kerasParts.js";
export type { WeightFormat, WeightLayout } from "./formats/layout.js";
export type { ImportOptions, Weights } from "./formats/readWeights.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./formats/safetensors.js";
export type { ExportOptions } from "./formats/writeWeights.js";
export type { InitializerName } from "./initializers.js";
export { type ActivateConfig, activate } from "./layers/activate.js";
export { type BidirectionalConfig, bidirectional } from "./layers/bidirectional.js";
export { type ColumnsConfig, columns } from "./layers/columns.js";
export { type ConcatenateConfig, concatenate } from "./layers/concatenate.js";
export { type DenseConfig, type DenseOptions, dense } from "./layers/dense.js";
export { type DropoutConfig, dropout } from "./layers/dropout.js";
export { elman } from "./layers/elman.js";
export { type EmbeddingConfig, type EmbeddingOptions, embedding } from "./layers/embedding.js";
export { finalState } from "./layers/finalState.js";
export type { ForcingSchedule, TeacherForcing } from "./layers/forcing.js";
export { type GruOptions, gru } from "./layers/gru.js";
export { indRnn } from "./layers/indRnn.js";
export { lastStep } from "./layers/lastStep.js";
export type { Layer } from "./layers/layer.js";
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
export { softmax } from "./layers/softmax.js";
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
export type { Shape } from "./shape.js";
export type { Parameter } from "./tensor/parameters.js";
export { type Nested, Tensor, tensor } from "./tensor/tensor.js";
export { memoryUsage } from "./wasm/memory.js";
