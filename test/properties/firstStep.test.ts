import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  backpropagate,
  clearGradients,
  Model,
  meanSquaredError,
  recurrent,
  run,
  type States,
  sequential,
  stateGradients,
} from "../../src/index.js";
import { expectSameBits } from "./bits.js";

/*
 * A sequence begins with a state of 0, and its first recurrent product is left out: as if all of it had been multiplied and
 * added, down to the sign of a zero.
 */

const [BATCH, STEPS, UNITS] = [3, 5, 6];
const input = Array.from({ length: BATCH }, (_, sequence) =>
  Array.from({ length: STEPS }, (_, step) => [Math.sin(sequence * 7 + step), Math.cos(sequence - step * 3)]),
);
const target = input.map((sequence) => sequence.map(([value]) => Array.from({ length: UNITS }, () => value)));

function modelOf(name: CellName): Model {
  return new Model(sequential(recurrent(cells[name], UNITS, { name: "rnn" })), { inputSize: 2, seed: 3 });
}

/** A value for every state that the network has. */
function statesOf(model: Model, value: number): States {
  const { finalState } = run(model, input);
  for (const parts of Object.values(finalState)) for (const { data } of Object.values(parts)) data.fill(value);
  return finalState;
}

describe.each(Object.keys(cells) as CellName[])("%s", (name) => {
  test.each([0, -0])("a state of %d that is given changes no bit of outputs and gradients", (value) => {
    using model = modelOf(name);
    const initialState = statesOf(model, value);
    expectSameBits(run(model, input, { initialState }).output.data, run(model, input).output.data, "output");
    const gradientsOf = (given: { initialState?: States }) => {
      clearGradients(model);
      const loss = backpropagate(model, { input, target, ...given }, meanSquaredError);
      const ofStates = Object.values(stateGradients(model)).flatMap((parts) => Object.values(parts));
      const ofParameters = model.parameters.map((parameter) => parameter.gradient());
      return [loss, ...[...ofParameters, ...ofStates].flatMap(({ data }) => [...data])];
    };
    const gradients = gradientsOf({});
    expect(gradients.some((gradient) => gradient !== 0)).toBe(true);
    expectSameBits(gradientsOf({ initialState }), gradients, "loss and gradients");
  });

  test("gradients of the initial states are the same however often they are asked for", () => {
    using model = modelOf(name);
    backpropagate(model, { input, target }, meanSquaredError);
    const once = stateGradients(model);
    expect(stateGradients(model)).toEqual(once);
  });

  test("biases of −0 give the bits of a session's steps, which multiply and add 0", () => {
    using model = modelOf(name);
    const signs: Record<string, number> = { weight_ih_l0: -1, weight_hh_l0: 1 };
    for (const parameter of model.parameters) {
      const sign = signs[parameter.name.replace("rnn.", "")];
      parameter.write(parameter.read().data.map((value) => (sign === undefined ? -0 : sign * Math.abs(value))));
    }
    const zeros = input[0].map(() => [0, 0]);
    const whole = model.predict(zeros).data;
    const session = model.session();
    const steps = zeros.flatMap((row) => [...session.step(row)]);
    expectSameBits(steps, whole, "outputs");
  });
});
