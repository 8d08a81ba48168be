import {
  adam,
  bidirectional,
  ctc,
  ctcBeam,
  ctcGreedy,
  dense,
  dropout,
  fit,
  gru,
  labelErrorRate,
  Model,
  sequential,
  unique,
} from "recurve";
import { type Clip, COEFFICIENTS, type DigitStrings, digitStrings, readClips } from "../digitStrings.js";
import { uniform } from "../random.js";
import type { LearningTask } from "../task.js";

const UNITS = 96;
const EPOCHS = { whole: 40, newSpeaker: 20, brief: 10 };
/** Recordings of every digit and speaker before this are for the test: no clip of them is heard in training. */
const FIRST_TRAINED = 10;
/** How often the clips for the test are joined anew: 300 clips make some 90 strings. */
const TEST_ROUNDS = 3;

type Told = (done: number, standing: string) => void;

export const task: LearningTask = {
  title: "what digits were said, 2 to 5 after each other, by connectionist temporal classification",
  seed: 1,
  whole: { measure: "% of the digits in strings of unheard clips read wrongly", most: 5, digits: 2, minutes: 6 },
  brief: { measure: "% of the digits in strings of unheard clips read wrongly", most: 15, digits: 2 },
  async run({ seed, isBrief, read, progress }) {
    const clips = readClips(read("digits/clips.tsv"), read("digits/mfcc.i16"));
    const train = clips.filter(({ recording }) => recording >= FIRST_TRAINED);
    const test = testStrings(clips.filter(({ recording }) => recording < FIRST_TRAINED));
    const share = isBrief ? 1 : 0.25;
    using model = network(seed);
    await hear(model, train, isBrief ? EPOCHS.brief : EPOCHS.whole, seed, (done, standing) =>
      progress(share * done, standing),
    );
    const { greedy, beam, right, sample } = listen(model, test);
    const beside = { "% by a beam of 8": beam.toFixed(2), "% of the strings without an error": right.toFixed(1) };
    const outcome = { network: `bidirectional gru(${UNITS}), dense(11)`, figure: greedy, sample };
    if (isBrief) return { ...outcome, beside };
    const unheard = await newSpeakers(clips, seed, (done, standing) => progress(share + (1 - share) * done, standing));
    return { ...outcome, beside: { ...beside, "% of a speaker not heard in training, by a beam of 8": unheard } };
  },
};

function network(seed: number): Model {
  const layers = sequential(dropout(0.1), bidirectional(gru(UNITS)), dropout(0.3), dense(11));
  return new Model(layers, { inputSize: COEFFICIENTS, seed });
}

/** Trains on strings that every epoch joins anew. */
async function hear(model: Model, clips: readonly Clip[], epochs: number, seed: number, told: Told): Promise<void> {
  const next = uniform(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { input, target } = digitStrings(clips, next);
    const optimizer = adam({ learningRate: 3e-3 * Math.min(1, 1.4 * (1 - epoch / epochs)) });
    const options = { loss: ctc(), optimizer, batchSize: 16, clipNorm: 1, shuffle: true, seed: seed + epoch };
    const { losses } = await fit(model, { input, target }, options);
    told((epoch + 1) / epochs, `epoch ${epoch + 1}, loss ${(losses[0] as number).toFixed(3)}`);
  }
}

/** The same strings whatever the seed of the training. */
function testStrings(clips: readonly Clip[]): DigitStrings {
  const next = uniform(1);
  const rounds = Array.from({ length: TEST_ROUNDS }, () => digitStrings(clips, next));
  const input = rounds.flatMap((round) => round.input);
  return { input, target: rounds.flatMap((round) => round.target), lengths: rounds.flatMap((round) => round.lengths) };
}

/** Per cents of digits read wrongly from the likeliest class of each step and by a beam, of strings read without an error. */
function listen(model: Model, { input, target, lengths }: DigitStrings) {
  const output = model.predictBatch(input);
  const heard = ctcGreedy(output, { lengths });
  const searched = ctcBeam(output, { lengths, beamWidth: 8 }).map(([best]) => best?.labels ?? []);
  const text = (labels: readonly number[] = []) => labels.map((label) => label - 1).join(" ");
  const right = heard.filter((labels, index) => text(labels) === text(target[index])).length;
  const shown = target.slice(0, 8).map((said, index) => `said ${text(said).padEnd(9)}  heard ${text(heard[index])}`);
  return {
    greedy: 100 * labelErrorRate(heard, target),
    beam: 100 * labelErrorRate(searched, target),
    right: (100 * right) / heard.length,
    sample: shown.join("\n"),
  };
}

/** Each speaker once as one whom nobody has heard: trained on the five others. */
async function newSpeakers(clips: readonly Clip[], seed: number, told: Told): Promise<string> {
  const speakers = unique(clips.map(({ speaker }) => speaker));
  const figures: number[] = [];
  for (const [index, speaker] of speakers.entries()) {
    using model = network(seed);
    const others = clips.filter((clip) => clip.speaker !== speaker);
    await hear(model, others, EPOCHS.newSpeaker, seed, (done, standing) =>
      told((index + done) / speakers.length, `without ${speaker}: ${standing}`),
    );
    figures.push(listen(model, testStrings(clips.filter((clip) => clip.speaker === speaker))).beam);
  }
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  return `${mean.toFixed(1)} (${speakers.map((speaker, index) => `${speaker} ${figures[index]?.toFixed(1)}`).join(", ")})`;
}
