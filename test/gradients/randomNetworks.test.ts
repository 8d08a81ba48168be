import { describe, expect, test } from "vitest";
import {
  backpropagate,
  clearGradients,
  crossEntropy,
  type Data,
  type Loss,
  type Model,
  meanSquaredError,
} from "../../src/index.js";
import { modelOf as answering, randomAnswers } from "../properties/randomAnswers.js";
import {
  modelOf,
  type RandomNetwork,
  randomNetwork,
  sequencesOf,
  targetsOf,
  withHoles,
} from "../properties/randomNetworks.js";
import { disagreements, type LossAt } from "./directions.js";

/*
 * Networks made by chance of layers without a kink: what no list of combinations thinks of. The gradient of every parameter
 * along two directions against central differences of the library's own loss.
 */

const LENGTHS = [4, 0, 2, 3];
const seeds = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

function lossOf(model: Model, data: Data, loss: Loss, values: readonly Float32Array[]): ReturnType<LossAt> {
  model.parameters.forEach((parameter, index) => {
    parameter.write(values[index]);
  });
  clearGradients(model);
  const found = backpropagate(model, data, loss);
  return { loss: found, gradients: model.parameters.map((parameter) => parameter.gradient().data) };
}

/** @param isNoisy whether every loss is that of the first batch of a new model: equal models meet equal noise */
function expectSlopes(make: () => Model, data: Data, loss: Loss, isNoisy = false): void {
  using model = make();
  const start = model.parameters.map((parameter) => parameter.read().data);
  const ofNew: LossAt = (values) => {
    using fresh = make();
    return lossOf(fresh, data, loss, values);
  };
  const ofOne: LossAt = (values) => lossOf(model, data, loss, values);
  expect(disagreements(start, isNoisy ? ofNew : ofOne)).toEqual([]);
}

function dataOf(network: RandomNetwork, isMasked = false): Data {
  const input = sequencesOf(network, LENGTHS, 5);
  if (!isMasked) return { input, target: targetsOf(network, LENGTHS, 9) };
  const { holes, mask } = withHoles(network, input, 6);
  const lengths = mask.map((flags) => flags.length);
  return { input: holes, mask, target: targetsOf(network, lengths, 9) };
}

describe("gradients are the slopes of the loss", () => {
  test.each(seeds(1, 16).map((seed) => randomNetwork(seed, { isSmooth: true })))("ragged, $label", (network) => {
    expectSlopes(() => modelOf(network), dataOf(network), meanSquaredError);
  });

  test.each(seeds(40, 8).map((seed) => randomNetwork(seed, { isSmooth: true })))("masked, $label", (network) => {
    expectSlopes(() => modelOf(network), dataOf(network, true), meanSquaredError);
  });

  const noisy = seeds(70, 4).map((seed) => randomNetwork(seed, { isSmooth: true, isNoisy: true }));
  test.each(noisy)("with noise, $label", (network) => {
    expectSlopes(() => modelOf(network), dataOf(network), meanSquaredError, true);
  });

  test.each(seeds(1, 12).map((seed) => randomAnswers(seed, true)))("$label", (network) => {
    // Which steps are fed with targets is drawn for each batch.
    const isDrawn = network.label.includes('"teacherForcing":0.5');
    const loss = network.isOfTokens ? crossEntropy : meanSquaredError;
    expectSlopes(() => answering(network), network.data, loss, isDrawn);
  });
});
