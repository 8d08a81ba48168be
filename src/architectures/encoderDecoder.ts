import { tokenInput } from "../data/tokenInput.js";
import { ArgumentError } from "../errors.js";
import { mayForce, requireForcing, type TeacherForcing } from "../layers/forcing.js";
import { definitionOf, type Layer, type LayerDefinition, specify } from "../layers/layer.js";
import type { BridgeKind } from "../layers/stateBridge.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";
import { encoderDecoderDrawing } from "./encoderDecoderDrawing.js";
import { answerWidths, type Part, partsOf, sideWidths } from "./encoderDecoderParts.js";
import { EncoderDecoderRun } from "./encoderDecoderRun.js";
import { requireTargets } from "./requireTargets.js";
import { checkStack, inputWidth, type StackOptions, stackOptionNames } from "./stack.js";

/** Configuration of an encoder–decoder. */
export interface EncoderDecoderOptions extends StackOptions {
  /** Values of an answer's step; of a network that answers tokens left out. */
  readonly outputSize?: number;
  /** Tokens of the answers. */
  readonly targetVocabularySize?: number;
  /** Width of an answered token's vector; default `units`. */
  readonly targetEmbeddingSize?: number;
  /** How the decoder looks back at the encoder's outputs; default `"none"`. */
  readonly attention?: "none" | "dot" | "general" | "additive";
  /** Width of the sums in additive attention; default `units`. */
  readonly attentionSize?: number;
  /**
   * How final states become initial ones, layer by layer: the state itself, that of both directions added (`"sum"`, default)
   * or side by side in a decoder twice as wide (`"concatenate"`); or W h + b, learned for each state vector (`"dense"`).
   */
  readonly bridge?: BridgeKind;
  /**
   * Share of the steps that training feeds with the target of the step before rather than with the network's own answer, or
   * how it falls with the batches trained on; default 1.
   */
  readonly teacherForcing?: TeacherForcing;
  /** What the decoder reads first: a token; for values `"zeros"` (default), or the `"last"` row of the input. */
  readonly start?: number | "zeros" | "last";
  /** Token that ends an answer; default none. */
  readonly stop?: number;
  /** Most steps of a prediction, where nothing else is said; default 64. */
  readonly steps?: number;
}

const OWN_NAMES = [
  "outputSize",
  "targetVocabularySize",
  "targetEmbeddingSize",
  "attention",
  "attentionSize",
  "bridge",
  "teacherForcing",
  "start",
  "stop",
  "steps",
] as const;
const ATTENTIONS = ["none", "dot", "general", "additive"];
const BRIDGES = ["sum", "concatenate", "dense"];

/** A sequence in, a sequence of another length out. */
export const encoderDecoderDefinition: LayerDefinition<EncoderDecoderOptions> = {
  type: "encoderDecoder",
  inputSize: inputWidth,
  reads: ({ vocabularySize }) => (vocabularySize === undefined ? undefined : tokenInput(vocabularySize)),
  answers: ({ targetVocabularySize, steps = 64, teacherForcing = 1, stop }) => ({
    kind: targetVocabularySize === undefined ? "values" : "tokens",
    steps,
    readsTargets: mayForce(teacherForcing),
    ...(stop !== undefined && { stop }),
  }),
  requireTargets,
  output(config, input) {
    // Whether the encoder takes the input.
    const { layer } = partsOf(config, input).encoder;
    definitionOf(layer).output(layer.config, input);
    return { width: answerWidths(config)[0], each: "step", hasOwnSteps: true };
  },
  parameters: () => [],
  children(config, input) {
    const { bridges, ...parts } = partsOf(config, input);
    const { encoder, ...rest } = parts;
    const answering = (Object.values(rest) as Part[]).map((part) => ({ ...part, isAnswering: part !== rest.key }));
    return [encoder, ...bridges, ...answering];
  },
  plan: (config, input, planner) => new EncoderDecoderRun(config, input, planner),
  cannotStep: () => "reads its whole input before it answers",
  make: (config) => encoderDecoder(config),
  describe: ({ cell, units }) => `encoderDecoder(${cell} ${units})`,
  drawing: encoderDecoderDrawing,
};

/**
 * A sequence in, a sequence of another length out: [batch, Tx, inputSize], or tokens [batch, Tx], give
 * [batch, Ty, outputSize], or scores of tokens [batch, Ty, targetVocabularySize]. The encoder's final states start the
 * decoder, each of whose steps reads the answer before it (Sutskever et al. 2014; Cho et al. 2014). With attention an
 * answer is made of the decoder's state h and the encoder's outputs k (Luong et al. 2015):
 *   a = softmax_s score(h, k_s)      c = Σ_s a_s k_s      y = W_y tanh(W_c [c; h] + b_c) + b_y
 *   score   dot: hᵀ k      general: hᵀ W k      additive: vᵀ tanh(W_q h + W_k k)   (Bahdanau et al. 2015)
 * Targets have lengths of their own; those of tokens end with the stop token, if there is one. A decoder reads forward
 * only: it cannot see answers that are not there yet.
 *
 * @example
 * const translator = new Model(encoderDecoder({
 *   cell: "gru", vocabularySize: 60, targetVocabularySize: 40, units: 64, bidirectional: true,
 *   attention: "additive", teacherForcing: { kind: "linear", to: 0.5, batches: 2000 }, start: 1, stop: 2,
 * }));
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function encoderDecoder(options: EncoderDecoderOptions): Layer<EncoderDecoderOptions> {
  requireKnownOptions("encoderDecoder", options, [...stackOptionNames, ...OWN_NAMES]);
  checkStack("encoderDecoder", options);
  checkAnswers(options);
  checkStart(options);
  checkSides(options);
  requireForcing("encoderDecoder", options.teacherForcing ?? 1);
  requireInteger("steps of encoderDecoder", options.steps ?? 1);
  encoderDecoderDefinition.output(options, { width: inputWidth(options), each: "step" });
  return specify(encoderDecoderDefinition, { ...options });
}

/** @throws ArgumentError when there is not exactly one kind of answers */
function checkAnswers({ outputSize, targetVocabularySize, targetEmbeddingSize, stop }: EncoderDecoderOptions): void {
  if (targetVocabularySize === undefined) {
    requireInteger("outputSize of encoderDecoder", outputSize, 1, 65536);
    const tokens = { targetEmbeddingSize, stop };
    const [name] = Object.entries(tokens).find(([, value]) => value !== undefined) ?? [];
    if (name === undefined) return;
    throw new ArgumentError(
      `${name} of encoderDecoder belongs to answers that are tokens: give targetVocabularySize too.`,
    );
  }
  requireInteger("targetVocabularySize of encoderDecoder", targetVocabularySize, 2, 65536);
  if (targetEmbeddingSize !== undefined)
    requireInteger("targetEmbeddingSize of encoderDecoder", targetEmbeddingSize, 1, 65536);
  if (stop !== undefined) requireInteger("stop of encoderDecoder", stop, 0, targetVocabularySize - 1);
  if (outputSize === undefined) return;
  throw new ArgumentError("encoderDecoder answers values (outputSize) or tokens (targetVocabularySize), not both.");
}

function checkStart({ start, targetVocabularySize, inputSize, outputSize }: EncoderDecoderOptions): void {
  if (targetVocabularySize !== undefined) {
    requireInteger("start of encoderDecoder, a token,", start, 0, targetVocabularySize - 1);
    return;
  }
  if (start !== undefined && start !== "zeros" && start !== "last")
    throw new ArgumentError(`start of encoderDecoder must be "zeros" or "last", received ${describe(start)}.`);
  if (start === "last" && inputSize !== outputSize)
    throw new ArgumentError(
      `start: "last" feeds a row of the input to the decoder: inputSize and outputSize must be equal, received ${describe(inputSize)} and ${outputSize}.`,
    );
}

/** @throws ArgumentError when attention or bridge are unknown or do not suit the widths of encoder and decoder */
function checkSides(options: EncoderDecoderOptions): void {
  const { attention = "none", attentionSize, bridge = "sum", bidirectional: both = false } = options;
  const oneOf = (name: string, value: string, known: readonly string[]) => {
    if (known.includes(value)) return;
    throw new ArgumentError(
      `${name} of encoderDecoder must be one of ${known.join(", ")}, received ${describe(value)}.`,
    );
  };
  oneOf("attention", attention, ATTENTIONS);
  oneOf("bridge", bridge, BRIDGES);
  if (attentionSize !== undefined) {
    if (attention !== "additive")
      throw new ArgumentError('attentionSize of encoderDecoder belongs to attention: "additive".');
    requireInteger("attentionSize of encoderDecoder", attentionSize, 1, 65536);
  }
  if (options.recurrent?.projectionSize != null)
    throw new ArgumentError(
      "encoderDecoder hands states over whole: projectionSize is nothing for its recurrent layers.",
    );
  const [encoder, decoder] = sideWidths(options);
  if (attention === "dot" && both && encoder !== decoder)
    throw new ArgumentError(
      `attention: "dot" wants the decoder as wide as the encoder's outputs, which are ${encoder} wide against ${decoder}. Take "general" or "additive", or bridge: "concatenate".`,
    );
}
