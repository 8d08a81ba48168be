import {
  adam,
  chooseToken,
  cosineSchedule,
  crossEntropy,
  dense,
  dropout,
  embedding,
  fit,
  gru,
  Model,
  productOf,
  run as runChunk,
  type States,
  sequential,
  streams,
  truncated,
  type Vocabulary,
  vocabulary,
  warmUp,
} from "recurve";
import type { LearningTask, Lesson, Outcome } from "../task.js";

/** Streams side by side, and steps from update to update. */
const [STREAMS, EVERY] = [16, 64];
const WHOLE = { units: 256, epochs: 10 };
const BRIEF = { units: 128, epochs: 1 };
/** Steps that are measured in one call; the state goes on from one to the next. */
const CHUNK = 4096;
const SAMPLE = { characters: 400, temperature: 0.8 };

/** Trains on the first nine tenths of the text, measures on the last, which is read as one stream. */
async function run(lesson: Lesson): Promise<Outcome> {
  const text = new TextDecoder().decode(lesson.read("tinyshakespeare/input.txt"));
  const letters = vocabulary([text]);
  const codes = letters.encode(text);
  const cut = Math.floor(0.9 * codes.length);
  const { units, epochs } = lesson.isBrief ? BRIEF : WHOLE;
  const { seed } = lesson;
  using model = new Model(sequential(embedding(letters.size, 64), gru(units), dropout(0.2), dense(letters.size)), {
    seed,
  });
  await train(model, codes.slice(0, cut), epochs, lesson);
  return {
    network: `embedding(64), gru(${units}), dropout(0.2), dense(${letters.size})`,
    figure: bitsPerToken(model, codes.slice(cut)),
    sample: sample(model, letters, seed),
  };
}

async function train(model: Model, codes: readonly number[], epochs: number, { seed, progress }: Lesson) {
  const updates = epochs * Math.ceil(Math.floor((codes.length - 1) / STREAMS) / EVERY);
  let mean = Math.log(65);
  await fit(model, streams(codes, { batchSize: STREAMS }), {
    loss: crossEntropy,
    optimizer: adam({ learningRate: 5e-3 }),
    schedule: productOf(warmUp({ steps: 100 }), cosineSchedule({ steps: updates })),
    ...{ epochs, seed, batchSize: STREAMS, truncate: truncated({ every: EVERY }), shuffle: false, clipNorm: 1 },
    onUpdate(loss, update) {
      mean += 0.02 * (loss - mean);
      progress(update / updates, `update ${update} of ${updates}, ${(mean / Math.LN2).toFixed(3)} bits`);
    },
  });
}

/** Bits that the model needs for each token after the first: −Σ log₂ p / n. */
function bitsPerToken(model: Model, codes: readonly number[]): number {
  let initialState: States | undefined;
  let bits = 0;
  for (let from = 0; from < codes.length - 1; from += CHUNK) {
    const chunk = codes.slice(from, Math.min(from + CHUNK, codes.length - 1));
    const { output, finalState } = runChunk(model, [chunk], { ...(initialState && { initialState }) });
    const width = output.shape.at(-1) as number;
    for (let step = 0; step < chunk.length; step++) {
      const logits = output.data.subarray(step * width, (step + 1) * width);
      bits += surprise(logits, codes[from + step + 1] as number) / Math.LN2;
    }
    initialState = finalState;
  }
  return bits / (codes.length - 1);
}

/** −ln softmax(logits)[token] */
function surprise(logits: Float32Array, token: number): number {
  const highest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return Math.log(sum) + highest - (logits[token] as number);
}

/** What the model writes after an empty line. */
function sample(model: Model, letters: Vocabulary<string>, seed: number): string {
  const session = model.session();
  const written = letters.encode("\n\n");
  session.step([written[0] as number]);
  for (let step = 0; step < SAMPLE.characters; step++) {
    const logits = session.step([written.at(-1) as number]);
    written.push(chooseToken(logits, { temperature: SAMPLE.temperature, seed, step }));
  }
  return letters.decode(written).trim();
}

export const task: LearningTask = {
  title: "characters of Shakespeare's plays, the next from all before",
  seed: 1,
  whole: { measure: "bits per character of the last tenth", most: 2.25, minutes: 10 },
  brief: { measure: "bits per character of the last tenth", most: 2.7 },
  run,
};
