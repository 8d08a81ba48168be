import { tokenInput } from "../data/tokenInput.js";
import { mayForce } from "../layers/forcing.js";
import { definitionOf, type Layer, type LayerDefinition, specify } from "../layers/layer.js";
import { encoderDecoderDrawing } from "./encoderDecoderDrawing.js";
import { answerWidths, checkEncoderDecoder, type EncoderDecoderOptions } from "./encoderDecoderOptions.js";
import { type Part, partsOf } from "./encoderDecoderParts.js";
import { EncoderDecoderRun } from "./encoderDecoderRun.js";
import { requireTargets } from "./requireTargets.js";
import { inputWidth } from "./stack.js";

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
  checkEncoderDecoder(options);
  encoderDecoderDefinition.output(options, { width: inputWidth(options), each: "step" });
  return specify(encoderDecoderDefinition, { ...options });
}
