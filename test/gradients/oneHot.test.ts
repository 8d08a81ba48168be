import { expect, test } from "vitest";
import {
  bidirectional,
  crossEntropy,
  dense,
  dropout,
  gradientCheck,
  gru,
  type Layer,
  lstm,
  Model,
  oneHot,
  sequential,
} from "../../src/index.js";

const input = [[3, 1, 4, 1, 0], [], [5, 1], [3, 3, 3]];
const target = [[0, 1, 1, 0, 2], [], [1, 2], [0, 1, 0]];

const networks: Readonly<Record<string, Layer>> = {
  "before a recurrent layer": sequential(oneHot(6), lstm(5), dense(3)),
  "before both directions": sequential(oneHot(6), bidirectional(gru(3)), dense(3)),
  "before a dense layer": sequential(oneHot(6), dense(4, { activation: "tanh" }), dense(3)),
  "before what reads its values": sequential(oneHot(6), dropout(0.3), gru(4), dense(3)),
};

test.each(Object.entries(networks))("tokens %s: the gradient is the derivative", (_, layer) => {
  using model = new Model(layer);
  const { passed, verdict } = gradientCheck(model, { input, target }, crossEntropy);
  expect(passed, verdict).toBe(true);
});
