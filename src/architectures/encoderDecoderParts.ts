import { dense } from "../layers/dense.js";
import { dropout } from "../layers/dropout.js";
import { type Child, definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import { answerWidths, type EncoderDecoderOptions, sideWidths } from "./encoderDecoderOptions.js";
import { recurrentStack } from "./stack.js";

/** A layer of an encoder–decoder. */
export type Part = Child;

/** A layer that makes an initial state of the decoder: of which of its recurrent layers, which vector. */
export interface BridgePart extends Part {
  readonly level: number;
  readonly vector: number;
}

/** The layers that a configuration stands for; those that it does without are left out. */
export interface Parts {
  readonly encoder: Part;
  readonly bridges: readonly BridgePart[];
  readonly decoder: Part;
  readonly key?: Part;
  readonly query?: Part;
  readonly score?: Part;
  readonly combine?: Part;
  readonly dropout?: Part;
  readonly head: Part;
}

const at = (path: string, layer: Layer, width: number, each: Flow["each"] = "step"): Part => ({
  path,
  layer,
  input: { width, each },
});

/** The layers of a configuration. @param input what the encoder reads */
export function partsOf(config: EncoderDecoderOptions, input: Flow): Parts {
  const { targetVocabularySize, targetEmbeddingSize, dropout: rate = 0 } = config;
  const [outputs, width] = answerWidths(config);
  const [, units] = sideWidths(config);
  const target =
    targetVocabularySize === undefined
      ? { inputSize: outputs }
      : { vocabularySize: targetVocabularySize, embeddingSize: targetEmbeddingSize ?? config.units };
  const { cell, layers, activation, recurrent } = config;
  const same = { ...(layers && { layers }), ...(activation && { activation }), ...(recurrent && { recurrent }) };
  const shared = { cell, units, dropout: rate, ...same };
  const decoder = recurrentStack({ ...shared, ...target });
  return {
    encoder: { path: "encoder", layer: sequential(...recurrentStack(config)), input },
    bridges: bridgeParts(config, decoder),
    decoder: { ...at("decoder", sequential(...decoder), width), isStarted: true },
    ...attentionParts(config),
    ...(rate > 0 && { dropout: at("decoder.dropout", dropout(rate), units) }),
    head: at("decoder.head", dense(outputs), units),
  };
}

/** A dense layer for every state vector of every recurrent layer of the decoder. */
function bridgeParts(
  { bridge, units, bidirectional: both = false }: EncoderDecoderOptions,
  decoder: Layer[],
): BridgePart[] {
  if (bridge !== "dense") return [];
  const recurrent = decoder.filter((layer) => definitionOf(layer).states !== undefined);
  return recurrent.flatMap((layer, level) => {
    const { parts = [] } = definitionOf(layer).states?.(layer.config) ?? {};
    return parts.map(({ name, units: width }, vector) => ({
      ...at(`bridge.${layer.name}.${name}`, dense(width), both ? 2 * units : units, "sequence"),
      level,
      vector,
    }));
  });
}

function attentionParts(config: EncoderDecoderOptions): Pick<Parts, "key" | "query" | "score" | "combine"> {
  const { attention = "none", attentionSize = config.units } = config;
  if (attention === "none") return {};
  const [encoder, decoder] = sideWidths(config);
  const projection = (name: string, width: number, from: number) =>
    at(`attention.${name}`, dense(width, { bias: false }), from);
  const combine = at("attention.combine", dense(decoder, { activation: "tanh" }), encoder + decoder);
  if (attention === "dot") return { combine };
  if (attention === "general") return { key: projection("key", decoder, encoder), combine };
  return {
    key: projection("key", attentionSize, encoder),
    query: projection("query", attentionSize, decoder),
    score: projection("score", 1, attentionSize),
    combine,
  };
}
