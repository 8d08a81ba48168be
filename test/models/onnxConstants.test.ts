import { describe, expect, test } from "vitest";
import { loadOnnx } from "../../src/index.js";
import { writeOnnx } from "../support/onnxWriter.js";
import { both, graph, gruNode, H, ints, node, numbers, weights } from "./onnxGraphs.js";

const one = (seed: number) => numbers(seed, 1, 1, H);

/** Initial states of both directions of a GRU, made of constants by these nodes. */
function initialStates(nodes: readonly ReturnType<typeof node>[], constants: object): number[][] {
  const bytes = writeOnnx(
    graph(
      [
        node("Shape", "x", "sizes"),
        node("Slice", "sizes zero one", "batch"),
        ...nodes,
        gruNode("xt W R B _ begin", "Y h", both),
        node("Transpose", "Y", "yt", { perm: [2, 0, 1, 3] }),
        node("Reshape", "yt wide", "output"),
      ],
      { ...weights(3, 2), zero: ints(0), one: ints(1), units: ints(H), wide: ints(0, 0, 2 * H), ...constants },
    ),
  );
  using model = loadOnnx(bytes);
  const found = model.parameters.filter(({ name }) => name.includes("initial_h"));
  return found.map(({ read }) => Array.from(read().data));
}

describe("initial states put together of constants:", () => {
  test("two that are spread over the batch, one for each direction", () => {
    const nodes = [
      node("Concat", "one batch units", "shape", { axis: 0 }),
      node("Expand", "h0 shape", "forward"),
      node("Expand", "h1 shape", "backward"),
      node("Concat", "forward backward", "begin", { axis: 0 }),
    ];
    const states = initialStates(nodes, { h0: one(41), h1: one(42) });
    expect(states).toEqual([Array.from(one(41).values), Array.from(one(42).values)]);
  });

  test("one for both directions, repeated for each and over the batch", () => {
    const nodes = [node("Concat", "two batch one", "counts", { axis: 0 }), node("Tile", "h0 counts", "begin")];
    const states = initialStates(nodes, { h0: one(41), two: ints(2) });
    expect(states).toEqual([Array.from(one(41).values), Array.from(one(41).values)]);
  });

  test("what is repeated beside itself is refused", () => {
    const nodes = [node("Tile", "h0 counts", "begin")];
    const beside = { h0: numbers(41, 2, 1, H / 2), counts: ints(1, 2, 2) };
    expect(() => initialStates(nodes, beside)).toThrow('Tile "begin" of these constants');
    expect(() => initialStates(nodes, { ...beside, counts: ints(1) })).toThrow('Tile "begin" of these constants');
  });
});
