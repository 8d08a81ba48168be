import {
  adamW,
  binaryCrossEntropy,
  chooseToken,
  cosineSchedule,
  dense,
  dropout,
  evaluate,
  fit,
  lstm,
  Model,
  productOf,
  sequential,
  warmUp,
} from "recurve";
import { chordName, KEYS, type Piece, pianoRoll, pieces } from "../pianoRoll.js";
import type { LearningTask, Lesson, Outcome } from "../task.js";

const UNITS = 200;
const EPOCHS = { whole: 100, brief: 15 };
/** Pieces an update: few, or an epoch of 229 pieces has too few updates. */
const PIECES = 4;
/** Steps of a piece that are given, and those that are drawn after them. */
const SAMPLE = { given: 8, drawn: 16 };

/** Trains on one part, stops by the second, measures the third: nats for all 88 keys of a step, the mean over steps. */
async function run(lesson: Lesson): Promise<Outcome> {
  const { seed, read } = lesson;
  const [train = [], valid = [], test = []] = ["train", "valid", "test"].map((part) =>
    pieces(new TextDecoder().decode(read(`chorales/${part}.txt`))),
  );
  using model = new Model(sequential(lstm(UNITS), dropout(0.4), dense(KEYS)), { seed, inputSize: KEYS });
  await learn(model, nextSteps(train), nextSteps(valid), lesson);
  const nats = (part: readonly Piece[]) => KEYS * evaluate(model, nextSteps(part), { loss: binaryCrossEntropy }).loss;
  return {
    network: `lstm(${UNITS}), dropout(0.4), dense(${KEYS})`,
    figure: nats(test),
    beside: { "train part": nats(train).toFixed(3), "valid part": nats(valid).toFixed(3) },
    sample: sample(model, test[0] as Piece, seed),
  };
}

/** Each step of a piece is to tell the keys of the next. */
function nextSteps(part: readonly Piece[]) {
  const rolls = part.map(pianoRoll);
  return { input: rolls.map((roll) => roll.slice(0, -1)), target: rolls.map((roll) => roll.slice(1)) };
}

type Steps = ReturnType<typeof nextSteps>;

async function learn(
  model: Model,
  train: Steps,
  validation: Steps,
  { seed, isBrief, progress }: Lesson,
): Promise<void> {
  const epochs = isBrief ? EPOCHS.brief : EPOCHS.whole;
  const steps = epochs * Math.ceil(train.input.length / PIECES);
  await fit(model, train, {
    loss: binaryCrossEntropy,
    optimizer: adamW({ learningRate: 3e-3 }),
    schedule: productOf(warmUp({ steps: 50 }), cosineSchedule({ steps })),
    ...{ epochs, seed, batchSize: PIECES, clipNorm: 1, validation, patience: 10 },
    onEpoch({ epoch, loss, validationLoss = Number.NaN }) {
      const nats = [loss, validationLoss].map((mean) => (KEYS * mean).toFixed(3));
      progress(epoch / epochs, `epoch ${epoch} of ${epochs}, ${nats.join(" nats, valid ")}`);
    },
  });
}

/** The beginning of a chorale, and how the model goes on, each key drawn by itself. */
function sample(model: Model, piece: Piece, seed: number): string {
  const session = model.session();
  const rows = pianoRoll(piece.slice(0, SAMPLE.given));
  const logits = new Float32Array(KEYS);
  for (const row of rows) session.step(row, logits);
  for (let step = 0; step < SAMPLE.drawn; step++) {
    // Two classes with the logits 0 and y have the probabilities 1 − σ(y) and σ(y).
    const row = Array.from(logits, (logit, key) => chooseToken([0, logit], { seed, step, sequence: key }));
    rows.push(row);
    session.step(row, logits);
  }
  const names = rows.map(chordName);
  return `${names.slice(0, SAMPLE.given).join(" | ")} ‖ ${names.slice(SAMPLE.given).join(" | ")}`;
}

export const task: LearningTask = {
  title: "Bach's chorales, the keys of each quarter from those before",
  seed: 1,
  whole: { measure: "nats a step on the test part", most: 8.9 },
  brief: { measure: "nats a step on the test part", most: 9.8 },
  run,
};
