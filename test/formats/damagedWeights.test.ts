import { describe, expect, test } from "vitest";
import {
  bidirectional,
  dense,
  exportWeights,
  FormatError,
  gru,
  importWeights,
  lstm,
  Model,
  sequential,
  Tensor,
} from "../../src/index.js";
import { allValues, distinct, fill } from "./weights.js";

describe("importWeights, given a damaged file,", () => {
  /** Numbers below a bound, the same in every run. */
  function drawer(): (below: number) => number {
    let state = 2024;
    return (below) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  test.each(["pytorch", "keras", "onnx"] as const)("of %s takes all of it or nothing", (format) => {
    const next = drawer();
    const layers = sequential(bidirectional(lstm(3)), gru(3, { name: "rnn" }), dense(2));
    using source = fill(new Model(layers, { inputSize: 2 }));
    using model = new Model(layers, { inputSize: 2, seed: 5 });
    const before = allValues(model);
    const shapes = [[], [0], [12], [3, 2], [2, 3, 1]];
    for (let round = 0; round < 400; round++) {
      const entries = [...exportWeights(source, { to: format })];
      for (let change = next(3) + 1; change > 0; change--) {
        const at = next(entries.length);
        const [name, tensor] = entries[at];
        const kinds: [string, Tensor][][] = [
          [],
          [[name.slice(next(name.length)), tensor]],
          [[name, distinct(shapes[next(shapes.length)])]],
          [
            [name, tensor],
            [`${name}x`, tensor],
          ],
        ];
        entries.splice(at, 1, ...kinds[next(kinds.length)]);
        if (entries.length === 0) break;
      }
      const weights = new Map(entries);
      try {
        importWeights(model, weights, { from: format });
        // What still fits are all values, under other names.
        expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBeGreaterThan(200);
        model.parameters.forEach((parameter) =>
          parameter.write(new Tensor(Float32Array.from(before[parameter.name]), parameter.shape)),
        );
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        expect(allValues(model)).toEqual(before);
      }
    }
  });
});
