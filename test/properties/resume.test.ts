import { describe, expect, test } from "vitest";
import { StateError, Trainer } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";
import { expectRefusal } from "../support/refusal.js";
import { cases, modelOf, type ResumeCase } from "./resumeCases.js";

/** Updates of an uncut run, more than one epoch of each case. */
const UPDATES = 29;
/** Cuts of each case; with its cases more than a hundred. */
const CUTS = 18;

/** Runs so many updates, or fewer where the training is over before. */
function run(trainer: Trainer, batches: number): void {
  if (batches > 0 && trainer.stopped === undefined) trainer.run({ batches });
}

function resume(saved: Uint8Array, { data, options, schedules }: ResumeCase): Trainer {
  const { loss, validation, metrics } = options;
  return Trainer.resume(saved, data, {
    ...(typeof loss === "function" && { loss }),
    ...(typeof validation === "object" && { validation }),
    ...(schedules && { schedules }),
    ...(metrics && { metrics }),
  });
}

function uncut(one: ResumeCase, updates = UPDATES): Uint8Array {
  const trainer = new Trainer(modelOf(one), one.data, one.options);
  run(trainer, updates);
  const bytes = trainer.save();
  trainer.model.dispose();
  return bytes;
}

describe.each(cases.map((one) => [one.label, one] as const))("%s", (_label, one) => {
  const whole = uncut(one);

  test(`cut at any of ${CUTS} places, it ends with the same file: weights, optimizer, everything`, () => {
    const random = new TestRandom(one.label.length);
    for (let count = 0; count < CUTS; count++) {
      const cut = random.integer(0, UPDATES - 1);
      let trainer = new Trainer(modelOf(one), one.data, one.options);
      run(trainer, cut);
      const saved = trainer.save();
      // What the first one goes on to do leaves the file alone.
      run(trainer, 3);
      trainer.model.dispose();
      trainer = resume(saved, one);
      expect(trainer.save()).toEqual(saved);
      run(trainer, UPDATES - cut);
      expect(trainer.save(), `cut after ${cut} updates`).toEqual(whole);
      trainer.model.dispose();
    }
  });

  test("cut after every single update, too", () => {
    let trainer = new Trainer(modelOf(one), one.data, one.options);
    for (let update = 0; update < UPDATES; update++) {
      run(trainer, 1);
      const saved = trainer.save();
      trainer.model.dispose();
      trainer = resume(saved, one);
    }
    expect(trainer.save()).toEqual(whole);
    trainer.model.dispose();
  });

  test("in pieces of work or epochs it takes the same course", () => {
    const trainer = new Trainer(modelOf(one), one.data, one.options);
    while (trainer.updates < UPDATES && trainer.stopped === undefined) trainer.run({ work: 5000 });
    expect(trainer.save()).toEqual(uncut(one, trainer.updates));
    if (trainer.stopped === undefined) trainer.run({ epochs: 1 });
    expect(trainer.save()).toEqual(uncut(one, trainer.updates));
    trainer.model.dispose();
  });
});

test("a training that patience ended stays ended when it is resumed, with its best weights", () => {
  const one = cases.find(({ options }) => options.patience !== undefined) as ResumeCase;
  const trainer = new Trainer(modelOf(one), one.data, one.options);
  const { stopped } = trainer.run({ epochs: 100 });
  expect(stopped).toBeDefined();
  const twin = resume(trainer.save(), one);
  expect(twin.stopped).toBe(stopped);
  expect(twin.model.save()).toEqual(trainer.model.save());
  expectRefusal(() => twin.run({ batches: 1 }), StateError, "this training is over");
});
