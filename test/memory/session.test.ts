import { expect, test } from "vitest";
import {
  bidirectional,
  dense,
  gru,
  lstm,
  Model,
  memoryUsage,
  type Session,
  sequential,
  stepAll,
} from "../../src/index.js";
import { collect, liveBytes } from "./collect.js";
import { expectSteady } from "./expectSteady.js";

test("a million steps with a place for their output allocate nothing, alone or side by side", () => {
  expectSteady("steadyStream.mjs", ["single", "number", "stacked", "residual", "stepAll"]);
});

test("sessions, snapshots and forks take nothing of the core's memory beyond the model's one plan of a step", () => {
  const model = new Model(sequential(lstm(8), dense(2)), { inputSize: 1 });
  model.session().step(1);
  const { used } = memoryUsage();
  let session: Session = model.session();
  for (let count = 0; count < 1000; count++) {
    session.step(count);
    session = count % 2 === 0 ? session.fork() : model.session(session.snapshot());
  }
  expect(session.steps).toBe(1000);
  expect(memoryUsage().used).toBe(used);
  model.dispose();
});

test("the plan grows to the batches of stepAll and no further, and goes with the model", () => {
  const before = memoryUsage().used;
  const model = new Model(gru(4), { inputSize: 1 });
  const sessions = Array.from({ length: 1000 }, () => model.session());
  stepAll(sessions, new Float32Array(1000));
  const { used } = memoryUsage();
  for (const count of [1000, 3, 64, 999, 1]) stepAll(sessions.slice(0, count), new Float32Array(count));
  sessions[0].step(1);
  expect(memoryUsage().used).toBe(used);
  model.dispose();
  expect(memoryUsage().used).toBe(before);
});

test("a refused session takes nothing", () => {
  const model = new Model(bidirectional(gru(4)), { inputSize: 1 });
  const { used } = memoryUsage();
  for (let count = 0; count < 100; count++) expect(() => model.session()).toThrow("step by step");
  expect(memoryUsage().used).toBe(used);
  model.dispose();
});

test("a session keeps its model's weights alive, and both are collected together", async () => {
  await collect();
  const { used } = memoryUsage();
  const next = await (async () => {
    const session = (() => new Model(lstm(3), { inputSize: 1 }).session())();
    session.step(1);
    await collect();
    expect(memoryUsage().used).toBeGreaterThan(used);
    return session.step(2);
  })();
  const model = new Model(lstm(3), { inputSize: 1 });
  expect(Array.from(next)).toEqual(Array.from(model.predict([1, 2]).data.slice(3)));
  model.dispose();
  await collect(() => memoryUsage().used === used);
  expect(memoryUsage().used).toBe(used);
});

test("ten thousand sessions are a few hundred bytes each, and gone when dropped", async () => {
  const model = new Model(lstm(32), { inputSize: 1 });
  const hold = () => Array.from({ length: 10_000 }, () => model.session());
  hold();
  const [before, { used }] = [(await liveBytes()) + process.memoryUsage().arrayBuffers, memoryUsage()];
  let sessions: Session[] | undefined = hold();
  const held = (await liveBytes()) + process.memoryUsage().arrayBuffers - before;
  expect(sessions[9_999].steps).toBe(0);
  // 256 bytes of state, and the objects around them.
  expect(held / 10_000).toBeLessThan(800);
  expect(memoryUsage().used).toBe(used);
  sessions = undefined;
  const left = (await liveBytes()) + process.memoryUsage().arrayBuffers - before;
  expect(left).toBeLessThan(held / 4);
  model.dispose();
});
