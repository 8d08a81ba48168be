import { expect, test } from "vitest";
import {
  backpropagate,
  ctc,
  dense,
  gaussianNll,
  gru,
  klDivergence,
  Model,
  mixtureDensity,
  sequential,
} from "../../src/index.js";
import { losses } from "../../src/losses/index.js";
import type { Loss } from "../../src/losses/loss.js";

const input = [[[1], [2], [-1]]];

/** A loss, outputs for it and its targets. */
const made: [Loss, number, unknown][] = [
  [gaussianNll({ spread: "variance", epsilon: 0.1, full: true }), 2, [[[1], [0], [2]]]],
  [
    klDivergence({ logTarget: true }),
    3,
    [
      [
        [-1, -2, -3],
        [0, -5, -5],
        [-1, -1, -1],
      ],
    ],
  ],
  [
    mixtureDensity({ components: 2, correlated: true, categories: 2, epsilon: 0.1 }),
    14,
    [
      [
        [1, 2, 1, 0],
        [0, 1, 0, 1],
        [2, 2, 1, 0],
      ],
    ],
  ],
  [ctc({ blank: 2, zeroInfinity: true }), 3, [[0, 1]]],
];

test.each(made.map((one) => [one[0].name, ...one] as const))(
  "%s made again of its options, as a file holds them, gives the same bits",
  (name, loss, outputs, target) => {
    const options = JSON.parse(JSON.stringify(loss.options));
    const again = (losses as unknown as Record<string, (options: object) => Loss>)[name](options);
    expect(again.options).toEqual(loss.options);
    const run = (own: Loss) => {
      using model = new Model(sequential(gru(3), dense(outputs)), { inputSize: 1 });
      const value = backpropagate(model, { input, target: target as number[][] }, own);
      return [value, ...model.parameters.flatMap((parameter) => Array.from(parameter.gradient().data))];
    };
    expect(run(again)).toEqual(run(loss));
    expect(run(loss).some((value) => value !== 0)).toBe(true);
  },
);
