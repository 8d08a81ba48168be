import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  dense,
  lstm,
  Model,
  type Session,
  ShapeError,
  sequential,
  stepAll,
  Tensor,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";

/** What no type allows, but JavaScript does. */
const any = (value: unknown) => value as never;
const [model, other] = [1, 2].map((seed) => new Model(sequential(lstm(4), dense(2)), { inputSize: 3, seed })) as [
  Model,
  Model,
];
const rows = [
  [1, 2, 3],
  [4, 5, 6],
];
const flat = (length: number) => new Float32Array(length);

/** More sessions than run side by side, so that the first of them could have moved before the last is refused. */
const MANY = 70;

describe("stepAll refuses before any session has moved", () => {
  test.each<[string, (sessions: Session[]) => unknown, unknown, string[]]>([
    ["no list", (s) => stepAll(any(s[0]), rows), ArgumentError, ["array of sessions"]],
    ["nothing", () => stepAll(any(null), rows), ArgumentError, ["array of sessions", "null"]],
    ["no session", () => stepAll([any({})], [1, 2, 3]), ArgumentError, ["model.session()", "no fields"]],
    ["a model", () => stepAll([any(model)], [1, 2, 3]), ArgumentError, ["a session is wanted"]],
    ["null among them", (s) => stepAll([s[0], any(null)], rows), ArgumentError, ["a session is wanted", "null"]],
    ["one twice", (s) => stepAll([s[0], s[1], s[0]], flat(9)), ArgumentError, ["session 2 twice"]],
    ["two models", (s) => stepAll([s[0], other.session()], rows), ArgumentError, ["session 1 belongs to another"]],
    ["a row too few", (s) => stepAll(s.slice(0, 3), rows), ShapeError, ["inputs [3, 3]", "received 2 rows"]],
    ["numbers too few", (s) => stepAll(s.slice(0, 2), flat(5)), ShapeError, ["[2, 3]", "received 5 numbers"]],
    ["a long row", (s) => stepAll(s.slice(0, 2), [rows[0], [1, 2, 3, 4]]), ShapeError, ["session 1 has 4 features"]],
    ["a row that is a number", (s) => stepAll(s.slice(0, 2), any([[1, 2, 3], 7])), ShapeError, ["session 1 is 7"]],
    ["no inputs", (s) => stepAll(s, any(undefined)), ArgumentError, ["[70, 3]", "undefined"]],
    ["a text", (s) => stepAll(s.slice(0, 1), any("abc")), ArgumentError, ['"abc"']],
    ["a turned tensor", (s) => stepAll(s.slice(0, 2), new Tensor(flat(6), [3, 2])), ShapeError, ["received [3, 2]"]],
    ["a flat tensor", (s) => stepAll(s.slice(0, 2), new Tensor(flat(6), [6])), ShapeError, ["received [6]"]],
    ["a text among numbers", (s) => stepAll(s.slice(0, 1), any([1, "2", 3])), ArgumentError, ['"2" as feature 1']],
    ["short outputs", (s) => stepAll(s.slice(0, 2), rows, flat(3)), ShapeError, ["gives 4 values", "has 3"]],
    ["outputs as a list", (s) => stepAll(s.slice(0, 2), rows, any([])), ArgumentError, ["Float32Array"]],
    ["inputs without sessions", () => stepAll([], rows), ShapeError, ["no session"]],
    ["outputs without sessions", () => stepAll([], [], flat(1)), ShapeError, ["no session"]],
    ["nothing without sessions", () => stepAll([], any(null)), ShapeError, ["no session"]],
  ])("%s", (_name, act, kind, texts) => {
    const sessions = Array.from({ length: MANY }, () => model.session());
    for (const session of sessions) session.step([1, 2, 3]);
    const before = sessions.map((session) => session.snapshot());
    expectRefusal(() => act(sessions), any(kind), ...texts);
    expect(sessions.map((session) => session.snapshot())).toEqual(before);
  });

  test("a value that is not finite in the last of many rows", () => {
    const sessions = Array.from({ length: MANY }, () => model.session());
    const inputs = flat(3 * MANY);
    inputs[3 * MANY - 2] = Number.NaN;
    expectRefusal(() => stepAll(sessions, inputs), ArgumentError, "NaN as feature 1 of session 69");
    expect(sessions.every(({ steps }) => steps === 0)).toBe(true);
  });

  test("outputs that would overwrite inputs still to be read", () => {
    const sessions = [model.session(), model.session()];
    const shared = flat(10);
    const [inputs, outputs] = [shared.subarray(0, 6), shared.subarray(2, 6)];
    expectRefusal(() => stepAll(sessions, inputs, outputs), ArgumentError, "overlap");
    const rows = [shared.subarray(6, 9), shared.subarray(1, 4)];
    expectRefusal(() => stepAll(sessions, rows, shared.subarray(0, 4)), ArgumentError, "overlap");
    expect(sessions.every(({ steps }) => steps === 0)).toBe(true);
    stepAll(sessions, shared.subarray(0, 6), shared.subarray(6, 10));
    stepAll(sessions, shared.subarray(0, 6), shared.subarray(0, 4));
    expect(sessions.every(({ steps }) => steps === 2)).toBe(true);
  });

  test("a call that was refused does not make a session count as met", () => {
    const sessions = [model.session(), model.session()];
    expectRefusal(() => stepAll([...sessions, sessions[0]], flat(9)), ArgumentError, "twice");
    expect(stepAll(sessions, rows)).toHaveLength(4);
  });
});
