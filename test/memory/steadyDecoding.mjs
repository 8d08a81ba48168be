/** node --expose-gc steadyDecoding.mjs BUNDLE: what long answers leave behind beside themselves; prints JSON. */
import { measure, recurve } from "./measure.mjs";

const { decode, encoderDecoder, generate, Model, oneToMany } = recurve;
const STEPS = 1000;
const size = { cell: "gru", units: 3, steps: STEPS };
const melody = new Model(oneToMany({ ...size, vocabularySize: 40 }));
const translator = new Model(
  encoderDecoder({ ...size, vocabularySize: 40, targetVocabularySize: 40, start: 0, attention: "dot" }),
);
const draws = { temperature: 0.9, repetitionPenalty: 1.1 };

/** Of answers of a thousand tokens. */
async function answering(count, act) {
  const all = (calls) => {
    for (let call = 0; call < calls; call++) act();
  };
  return await measure(count, all, 60);
}

const found = {
  greedy: await answering(8, () => decode(melody, [[1]])),
  drawn: await answering(8, () => decode(melody, [[1]], draws)),
  best: await answering(8, () => decode(melody, [[1]], { ...draws, topK: 5 })),
  nucleus: await answering(8, () => decode(melody, [[1]], { ...draws, topP: 0.9 })),
  beam: await answering(2, () => decode(melody, [[1]], { beam: 3 })),
  attention: await answering(1, () => {
    for (const _ of generate(translator, [1, 2, 3], { attention: true, steps: STEPS / 2 }));
  }),
};
console.log(JSON.stringify(found));
