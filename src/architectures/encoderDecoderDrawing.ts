import type { Drawing } from "../layers/drawing.js";
import type { Flow } from "../layers/layer.js";
import type { EncoderDecoderOptions } from "./encoderDecoderOptions.js";
import { partsOf } from "./encoderDecoderParts.js";

/** An encoder–decoder as a drawing shows it: two stretches of time, the state handed over, attention across both. */
export function encoderDecoderDrawing(config: EncoderDecoderOptions, input: Flow): Drawing {
  const { encoder, bridges, decoder, key, query, score, combine, dropout, head } = partsOf(config, input);
  const { attention = "none", bridge = "sum", bidirectional: both = false } = config;
  const isBridged = both || bridges.length > 0;
  const given = <Part>(parts: readonly (Part | undefined)[]) => parts.filter((part) => part !== undefined);
  return {
    kind: "phases",
    phases: [
      { title: "encoder", layers: [encoder], input: "every", answers: false },
      {
        title: "decoder",
        layers: given([decoder, combine, dropout, head]),
        input: "output",
        inputName: "start",
        begins: isBridged ? bridge : "handed over",
        answers: true,
        ...(combine && {
          attention: { kind: attention, after: 1, width: combine.input.width, layers: given([key, query, score]) },
        }),
      },
    ],
  };
}
