import { ArgumentError } from "../errors.js";
import { requireForcing, type TeacherForcing } from "../layers/forcing.js";
import type { BridgeKind } from "../layers/stateBridge.js";
import { describe, requireInteger, requireKnownOptions, requireOneOf } from "../shape.js";
import { checkStack, type StackOptions, stackOptionNames } from "./stack.js";

/** Configuration of an encoder–decoder. */
export interface EncoderDecoderOptions extends StackOptions {
  /** Values of an answer's step; of a network that answers tokens left out. */
  readonly outputSize?: number;
  /** Tokens there are in the answers; of a network that answers values left out. */
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
  /** What the decoder reads first: a token, which must be said; for values `"zeros"` (default), or the `"last"` row of the input. */
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

/** Width of an answer, and of the row that stands for one as an input. */
export function answerWidths({
  targetVocabularySize,
  outputSize,
}: EncoderDecoderOptions): [output: number, input: number] {
  return targetVocabularySize === undefined ? [outputSize as number, outputSize as number] : [targetVocabularySize, 1];
}

/** Outputs of the encoder, and hidden units of the decoder. */
export function sideWidths({ units, bidirectional: both = false, bridge }: EncoderDecoderOptions): [number, number] {
  const encoder = both ? 2 * units : units;
  return [encoder, bridge === "concatenate" ? encoder : units];
}

/** @throws ArgumentError when an option is missing, unknown or out of range */
export function checkEncoderDecoder(options: EncoderDecoderOptions): void {
  requireKnownOptions("encoderDecoder", options, [...stackOptionNames, ...OWN_NAMES]);
  checkStack("encoderDecoder", options);
  checkAnswers(options);
  checkStart(options);
  checkSides(options);
  requireForcing("encoderDecoder", options.teacherForcing ?? 1);
  requireInteger("steps of encoderDecoder", options.steps ?? 1);
}

/** @throws ArgumentError when there is not exactly one kind of answers */
function checkAnswers({ outputSize, targetVocabularySize, targetEmbeddingSize, stop }: EncoderDecoderOptions): void {
  if (targetVocabularySize === undefined) {
    const tokens = { targetEmbeddingSize, stop };
    const [name] = Object.entries(tokens).find(([, value]) => value !== undefined) ?? [];
    if (name !== undefined)
      throw new ArgumentError(
        `${name} of encoderDecoder belongs to answers that are tokens: give targetVocabularySize too.`,
      );
    requireInteger("outputSize of encoderDecoder", outputSize, 1, 65536);
    return;
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
  if (start !== undefined) requireOneOf("start of encoderDecoder", start, ["zeros", "last"]);
  if (start === "last" && inputSize !== outputSize)
    throw new ArgumentError(
      `start: "last" feeds a row of the input to the decoder: inputSize and outputSize must be equal, received ${describe(inputSize)} and ${outputSize}.`,
    );
}

/** @throws ArgumentError when attention or bridge are unknown or do not suit the widths of encoder and decoder */
function checkSides(options: EncoderDecoderOptions): void {
  const { attention = "none", attentionSize, bridge = "sum", bidirectional: both = false } = options;
  requireOneOf("attention of encoderDecoder", attention, ["none", "dot", "general", "additive"]);
  requireOneOf("bridge of encoderDecoder", bridge, ["sum", "concatenate", "dense"]);
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
