import { afterEach, describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  adam,
  bidirectional,
  dense,
  elman,
  embedding,
  fit,
  gru,
  type Layer,
  lstm,
  Model,
  manyToOne,
  max,
  mean,
  meanSquaredError,
  memoryUsage,
  oneToMany,
  type Session,
  ShapeError,
  StateError,
  sequential,
  stepAll,
  Tensor,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";
import { begun } from "./begun.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;

/** Expects the call to be refused, and every session to stand where it stood. */
function expectStanding(sessions: readonly Session[], act: () => unknown, kind: never, ...texts: string[]): void {
  const before = sessions.map((session) => session.snapshot());
  expectRefusal(act, kind, ...texts);
  expect(sessions.map((session) => session.snapshot())).toEqual(before);
}

describe("a model that cannot go step by step is refused with the reason", () => {
  test.each<[string, Layer, string[]]>([
    ["a reverse layer", gru(3, { direction: "reverse" }), ["gru(3, reverse)", "from its end"]],
    ["a bidirectional layer", sequential(lstm(2), bidirectional(lstm(3))), ["lstm(3, reverse)", "yet to come"]],
    ["a mean", sequential(elman(3), mean(), dense(1)), ["mean", "all steps of a sequence together"]],
    [
      "a bidirectional architecture",
      manyToOne({ cell: "gru", inputSize: 2, units: 2, outputSize: 1, bidirectional: true }),
      ["gru(2, reverse)"],
    ],
    ["one to many", oneToMany({ cell: "gru", inputSize: 2, units: 3, outputSize: 2, steps: 4 }), ["steps of its own"]],
    ["a maximum", sequential(elman(3), max()), ["max", "windows of the stream"]],
  ])("%s", (_name, layer, texts) => {
    const refused = new Model(layer, { inputSize: 2 });
    const { used } = memoryUsage();
    expectRefusal(() => refused.session(), ArgumentError, "step by step", ...texts);
    expect(memoryUsage().used).toBe(used);
    refused.dispose();
  });
});

describe("a step refuses what does not fit, and the stream stands where it stood", () => {
  const out = (length: number) => new Float32Array(length);
  test.each<[string, (session: Session) => unknown, unknown, string[]]>([
    ["too few features", (s) => s.step([1, 2]), ShapeError, ["the 3 features of one time step", "received 2"]],
    ["too many", (s) => s.step(out(4)), ShapeError, ["3 features", "received 4"]],
    ["nothing", (s) => s.step(any(undefined)), ArgumentError, ["3 features", "undefined"]],
    ["a number where there are three", (s) => s.step(1), ArgumentError, ["3 features", "received 1"]],
    ["a text", (s) => s.step(any("123")), ArgumentError, ['"123"']],
    ["a view without elements", (s) => s.step(any(new DataView(new ArrayBuffer(3)))), ArgumentError, ["DataView"]],
    ["a tensor", (s) => s.step(any(new Tensor(out(3), [3]))), ArgumentError, ["data, shape"]],
    ["NaN", (s) => s.step([1, Number.NaN, 3]), ArgumentError, ["finite", "NaN as feature 1"]],
    ["infinity", (s) => s.step(Float64Array.of(1, 2, Infinity)), ArgumentError, ["Infinity as feature 2"]],
    ["NaN in float32", (s) => s.step(Float32Array.of(1, 2, Number.NaN)), ArgumentError, ["NaN as feature 2"]],
    ["infinity in float32", (s) => s.step(Float32Array.of(-Infinity, 2, 3)), ArgumentError, ["-Infinity as feature 0"]],
    ["more than float32 holds", (s) => s.step([1e39, 0, 0]), ArgumentError, ["1e+39 as feature 0"]],
    ["a nested row", (s) => s.step(any([[1], [2], [3]])), ArgumentError, ["an array of 1 as feature 0"]],
    ["a text among numbers", (s) => s.step(any([1, "2", 3])), ArgumentError, ['"2" as feature 1']],
    ["a bigint", (s) => s.step(any(new BigInt64Array(3))), ArgumentError, ["bigint 0n as feature 0"]],
    ["a hole", (s) => s.step(any([1, null, 3])), ArgumentError, ["null as feature 1"]],
    ["a short output", (s) => s.step([1, 2, 3], out(1)), ShapeError, ["gives 2 values", "has 1"]],
    ["a long output", (s) => s.step([1, 2, 3], out(3)), ShapeError, ["gives 2 values", "has 3"]],
    ["an output of another type", (s) => s.step([1, 2, 3], any([0, 0])), ArgumentError, ["Float32Array", "array of 2"]],
    ["null as output", (s) => s.step([1, 2, 3], any(null)), ArgumentError, ["Float32Array", "null"]],
  ])("%s", (_name, act, kind, texts) => {
    const session = begun();
    expectStanding([session], () => act(session), any(kind), ...texts);
    expect(session.steps).toBe(1);
    const twin = begun();
    expect(session.step([3, 2, 1])).toEqual(twin.step([3, 2, 1]));
  });
});

describe("tokens", () => {
  const network = new Model(sequential(embedding(5, 3), lstm(2)), { inputSize: 1 });

  test.each([5, -1, 1.5])("a token that is none is refused, and the stream stands where it stood: %d", (token) => {
    const session = begun(network, [4]);
    expectStanding([session], () => session.step(token), any(ArgumentError), "from 0 to 4", `received ${token}`);
    expect(session.step(3)).toEqual(begun(network, [4]).step([3]));
  });

  test("stepAll takes back what others had stepped by then", () => {
    const sessions = Array.from({ length: 200 }, () => begun(network, [2]));
    const inputs = Array.from({ length: 200 }, (_, index) => index % 5);
    inputs[150] = 7;
    expectStanding(sessions, () => stepAll(sessions, inputs), any(ArgumentError), "received 7");
    inputs[150] = 0;
    const outputs = stepAll(sessions, inputs);
    expect(outputs.slice(4, 6)).toEqual(begun(network, [2]).step(2));
    expect(new Set(sessions.map(({ steps }) => steps))).toEqual(new Set([2]));
  });
});

describe("the model's life", () => {
  const layer = sequential(lstm(2), dense(1));

  test("a session needs the sizes", () => {
    expectRefusal(() => new Model(layer).session(), StateError, "not yet known", "inputSize");
  });

  test("after dispose everything is refused", () => {
    const gone = new Model(layer, { inputSize: 1 });
    const session = begun(gone, [1]);
    const bytes = session.snapshot();
    gone.dispose();
    const { used } = memoryUsage();
    expectRefusal(() => gone.session(bytes), StateError, "disposed");
    for (const use of [
      () => session.step([1]),
      () => session.snapshot(),
      () => session.fork(),
      () => session.reset(),
      () => stepAll([session], [1]),
    ])
      expectRefusal(use, StateError, "disposed", "Load the model again");
    expect(session.steps).toBe(1);
    expect(memoryUsage().used).toBe(used);
  });

  test("a session steps while a training run owns the model", async () => {
    const busy = new Model(layer, { inputSize: 1 });
    const session = busy.session();
    const data = { input: [[[1], [2]]], target: [[[0], [1]]] };
    const onUpdate = () => void session.step([0.5]);
    await fit(busy, data, { loss: meanSquaredError, optimizer: adam(), epochs: 5, onUpdate });
    expect(session.steps).toBe(5);
    busy.dispose();
  });
});

describe("two copies of the library", () => {
  afterEach(() => vi.resetModules());

  test("a session of the other copy is refused", async () => {
    vi.resetModules();
    const other = await import("../../src/index.js");
    const foreign = new other.Model(other.lstm(1), { inputSize: 1 }).session();
    expectRefusal(() => stepAll([any(foreign)], [1]), StateError, "another copy of recurve", "Load one copy only");
  });
});
