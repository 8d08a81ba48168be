import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { loadModel, lstm, Model, readSafetensors, Tensor } from "../../src/index.js";

const model = new Model(lstm(3), { inputSize: 1, seed: 4 });
const input = [0.5, -1, 2];
const predicted = model.predict(input);

/** The same bytes or numbers as a class of another realm has them: those of a frame, a test runner's sandbox, a `vm`. */
function foreign(kind: "Uint8Array" | "ArrayBuffer" | "Float32Array", values: ArrayLike<number>): never {
  const make = kind === "ArrayBuffer" ? "new Uint8Array(values).buffer" : `new ${kind}(values)`;
  return runInNewContext(make, { values: [...Array.from(values)] }) as never;
}

test.each(["Uint8Array", "ArrayBuffer"] as const)("a model file is read from a foreign %s", (kind) => {
  expect(loadModel(foreign(kind, model.save())).predict(input)).toEqual(predicted);
  expect(readSafetensors(foreign(kind, model.save())).tensors.size).toBe(4);
});

test.each(["Uint8Array", "ArrayBuffer"] as const)("a session goes on from a foreign %s", (kind) => {
  const session = model.session();
  session.step(0.5);
  const other = model.session(foreign(kind, session.snapshot()));
  expect(other.step(-1)).toEqual(session.step(-1));
});

test("a foreign Float32Array is taken as input, as data of a tensor, and as the place of an output", () => {
  expect(model.predict(foreign("Float32Array", input))).toEqual(predicted);
  expect(model.predict(new Tensor(foreign("Float32Array", input), [3, 1]))).toEqual(predicted);
  const out: Float32Array = foreign("Float32Array", [0, 0, 0]);
  model.session().step(foreign("Float32Array", [0.5]), out);
  expect(Array.from(out)).toEqual(Array.from(predicted.data.subarray(0, 3)));
});
