import {
  adam,
  dense,
  dropout,
  evaluate,
  fit,
  type Layer,
  lstm,
  Model,
  mixtureDensity,
  sampleMixture,
  sequential,
} from "recurve";
import { drawingSheet } from "../drawingSheet.js";
import { uniform } from "../random.js";
import { type Drawing, drawingOf, movementSize, penRows, readDrawings, START, varied } from "../strokes.js";
import type { LearningTask, Lesson } from "../task.js";

/** As in sketch-rnn (Ha & Eck 2018): 20 Gaussians over (dx, dy), correlated, and what the pen does. */
const COMPONENTS = 20;
const OUTPUTS = 6 * COMPONENTS + 3;
/** Drawings are in whole units, a hundredth of a movement: no Gaussian need be narrower than that. */
const MIXTURE = { components: COMPONENTS, correlated: true, categories: 3, epsilon: 1e-4 };
const LOSS = mixtureDensity(MIXTURE);

const SIZES = { whole: { units: 256, epochs: 45 }, brief: { units: 128, epochs: 8 } };
const MEMORYLESS_EPOCHS = 10;
/** No drawing is longer than this; the longest that people drew has 86 movements. */
const LONGEST = 100;
/** Drawings of each kind on the sheet. */
const SHOWN = 24;

export const task: LearningTask = {
  title: "kanji drawn stroke by stroke: a mixture density of the next movement, and draws from it",
  seed: 1,
  whole: { measure: "nats a movement in 200 drawings not seen", most: -0.8, digits: 3, minutes: 6 },
  brief: { measure: "nats a movement in 200 drawings not seen", most: 1, digits: 3 },
  async run({ seed, isBrief, read, progress, keep }) {
    const { train, valid, test } = readDrawings(read("sketches/kanji2000.jsonl"));
    const unit = movementSize(train);
    const { units, epochs } = isBrief ? SIZES.brief : SIZES.whole;
    const layers = sequential(lstm(units, { recurrentDropout: 0.1 }), dropout(0.2), dense(OUTPUTS));
    using model = new Model(layers, { inputSize: START.length, seed });
    await learn(model, train, { unit, epochs, seed, progress });
    const outcome = { network: `lstm(${units}), mixture density of ${COMPONENTS}`, figure: nats(model, test, unit) };
    if (isBrief) return outcome;
    const beside = {
      "nats a movement in the 200 drawings for validation": nats(model, valid, unit).toFixed(3),
      "nats a movement of a network without memory": (await memoryless(train, test, unit, seed)).toFixed(3),
      "units of the drawings that are 1 to the network": unit.toFixed(1),
      drawings: keep("samples.svg", sheet(model, test, unit)),
    };
    return { ...outcome, beside };
  },
};

/** What people drew, and what the network draws, boldly and less so: the first draws, none chosen. */
function sheet(model: Model, test: readonly Drawing[], unit: number): string {
  const people = {
    heading: "drawn by people (KanjiVG, © Ulrich Apel, CC BY-SA 3.0), not seen in training",
    drawings: test.slice(0, SHOWN),
  };
  const drawn = [0.3, 1].map((temperature) => ({
    heading: `drawn by the network at temperature ${temperature}, the first ${SHOWN} draws`,
    drawings: Array.from({ length: SHOWN }, (_, index) => draw(model, unit, temperature, index + 1)),
  }));
  return drawingSheet("Kanji drawn by people, and drawn by a recurrent network", [people, ...drawn]);
}

interface Course extends Pick<Lesson, "seed" | "progress"> {
  readonly unit: number;
  readonly epochs: number;
}

/** Trains on drawings that every epoch varies anew. */
async function learn(
  model: Model,
  drawings: readonly Drawing[],
  { unit, epochs, seed, progress }: Course,
): Promise<void> {
  const next = uniform(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const data = pairs(
      drawings.map((drawing) => varied(drawing, next)),
      unit,
    );
    const optimizer = adam({ learningRate: 3e-3 * Math.min(1, 1.6 * (1 - epoch / epochs)) });
    const options = { loss: LOSS, optimizer, batchSize: 32, clipNorm: 1, shuffle: true, seed: seed + epoch };
    const { losses } = await fit(model, data, options);
    progress((epoch + 1) / epochs, `epoch ${epoch + 1}, ${(losses[0] as number).toFixed(3)} nats a movement`);
  }
}

/** Each row is told from those before it. */
function pairs(drawings: readonly Drawing[], unit: number) {
  const target = drawings.map((drawing) => penRows(drawing, unit));
  return { input: target.map((rows) => [[...START], ...rows.slice(0, -1)]), target };
}

function nats(model: Model, drawings: readonly Drawing[], unit: number): number {
  return evaluate(model, pairs(drawings, unit), { loss: LOSS }).loss;
}

/** What the last movement alone tells of the next: a drawing is more than that. */
async function memoryless(
  train: readonly Drawing[],
  test: readonly Drawing[],
  unit: number,
  seed: number,
): Promise<number> {
  const layers: Layer = sequential(dense(128, { activation: "tanh" }), dense(OUTPUTS));
  using model = new Model(layers, { inputSize: START.length, seed });
  await learn(model, train, { unit, epochs: MEMORYLESS_EPOCHS, seed, progress: () => {} });
  return nats(model, test, unit);
}

/** A drawing by chance: each movement is drawn from the mixture that the network tells, and given back to it. */
function draw(model: Model, unit: number, temperature: number, seed: number): Drawing {
  const session = model.session();
  const rows: number[][] = [];
  let last: ArrayLike<number> = START;
  for (let step = 0; step < LONGEST && last[4] !== 1; step++) {
    last = sampleMixture([...session.step(last)], { ...MIXTURE, temperature, seed, step }).data;
    rows.push([...(last as Float32Array)]);
  }
  return drawingOf(rows, unit);
}
