import { expect, test } from "vitest";
import { ArgumentError } from "../../src/errors.js";
import {
  dense,
  drawGradientFlow,
  elman,
  type GradientFlow,
  gradientFlow,
  lastStep,
  lstm,
  Model,
  meanSquaredError,
  sequential,
} from "../../src/index.js";
import { expectRefusal } from "../support/refusal.js";
import { type Box, overlaps } from "./svgBoxes.js";

const input = [Array.from({ length: 30 }, (_, step) => [Math.sin(step)])];
const flowOf = (layer: ReturnType<typeof lstm> | ReturnType<typeof elman>) =>
  gradientFlow(
    new Model(sequential(layer, lastStep(), dense(1)), { inputSize: 1 }),
    { input, target: [[1]] },
    meanSquaredError,
  );

/** A flow of which the drawing reads `byLag` alone. */
const flowWith = (byLag: number[]) => ({ byLag: Float64Array.from(byLag) }) as unknown as GradientFlow;

const paths = (svg: string) =>
  [...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="#\w{6}" stroke-width="2.2"/g)].map(([, path]) =>
    (path as string)
      .slice(1)
      .split("L")
      .map((point) => point.split(" ").map(Number) as [number, number]),
  );

test("a line for each flow, a point for each lag, evenly spaced; equal factors are equal steps down", () => {
  const [even] = paths(drawGradientFlow({ even: flowWith([1, 0.1, 0.01, 0.001]) })) as [[number, number][]];
  expect(even).toHaveLength(4);
  const [across, down] = [0, 1].map((axis) =>
    even.slice(1).map((point, index) => (point[axis] as number) - ((even[index] as [number, number])[axis] as number)),
  ) as [number[], number[]];
  // Places are rounded to a tenth of a pixel.
  for (const list of [across, down])
    for (const step of list) expect(Math.abs(step - (list[0] as number))).toBeLessThan(0.21);
  expect(down[0]).toBeGreaterThan(0);
});

test("names stand beside the lines, apart from each other, in the colours of the lines", () => {
  const flow = flowOf(lstm(4));
  const svg = drawGradientFlow({ "a & b": flow, two: flow, three: flow }, { title: "Three" });
  const names = [...svg.matchAll(/y="([\d.]+)" fill="(#\w{6})" font-weight="600" paint-order[^>]*>([^<]*)</g)];
  expect(names.map(([, , , name]) => name)).toEqual(["a &#38; b", "two", "three"]);
  const heights = names.map(([, y]) => Number(y));
  expect(Math.abs((heights[1] as number) - (heights[0] as number))).toBeGreaterThanOrEqual(18.9);
  expect(new Set(names.map(([, , hue]) => hue)).size).toBe(3);
  expect(svg).toContain(">Three</text>");
});

test("a gradient that is as good as gone ends at the floor; one that explodes stays on the page", () => {
  const svg = drawGradientFlow({ gone: flowWith([1, 1e-9, 0, 0]), explodes: flowWith([1, 1e3, 1e6, 1e9]) });
  const [gone, explodes] = paths(svg) as [[number, number][], [number, number][]];
  expect(gone).toHaveLength(3);
  expect(explodes).toHaveLength(4);
  for (const [, y] of [...gone, ...explodes]) {
    expect(y).toBeGreaterThanOrEqual(40);
    expect(y).toBeLessThanOrEqual(416);
  }
});

test("names of lines that end at the floor lie on none of each other, however long", () => {
  const ends = [3, 6, 9, 11].map((lag) => Array.from({ length: 40 }, (_, at) => (at < lag ? 10 ** -at : 0)));
  const flows = ends.map((byLag, index) => [
    index === 0 ? "relu, begun as the identity" : `n${index}`,
    flowWith(byLag),
  ]);
  const svg = drawGradientFlow(Object.fromEntries(flows));
  const places = [
    ...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)" fill="#\w{6}" font-weight="600" paint[^>]*>([^<]*)</g),
  ];
  expect(places).toHaveLength(ends.length);
  // A letter of 13 pixels is half as wide on average.
  const boxes = places.map(([, x, y, name = ""]): Box => {
    const [left, bottom] = [Number(x), Number(y)];
    return { what: name, left, right: left + 6.5 * name.length, top: bottom - 10, bottom };
  });
  expect(overlaps(boxes)).toEqual([]);
});

test("the same flows give the same drawing", () => {
  const flows = { lstm: flowOf(lstm(4)), elman: flowOf(elman(4)) };
  expect(drawGradientFlow(flows)).toBe(drawGradientFlow(flows));
});

test("what cannot be drawn is refused", () => {
  expectRefusal(() => drawGradientFlow({}), ArgumentError, "at least one flow");
  for (const none of [null, undefined, 7, []])
    expectRefusal(() => drawGradientFlow(none as never), ArgumentError, "drawGradientFlow wants flows by name");
  expectRefusal(() => drawGradientFlow({ none: flowWith([0, 0]) }), ArgumentError, '"none" has 0: leave it out');
  expectRefusal(() => drawGradientFlow({ none: flowWith([1, NaN]) }), ArgumentError, '"none" has NaN: leave it out');
  expectRefusal(() => drawGradientFlow({ none: 3 as never }), ArgumentError, '"none" is 3');
  const flow = flowWith([1, 0.5]);
  expectRefusal(() => drawGradientFlow(flow as never), ArgumentError, "wants flows by name");
  for (const byLag of [5, "12", new Map()])
    expectRefusal(() => drawGradientFlow({ none: { ...flow, byLag } as never }), ArgumentError, '"none" is an object');
  for (const name of ["title", "subtitle"])
    expectRefusal(() => drawGradientFlow({ flow }, { [name]: 5 }), ArgumentError, `${name} of drawGradientFlow`, "5");
  const flows = { one: flowWith([1, 2]) };
  expectRefusal(() => drawGradientFlow(flows, { colour: 1 } as never), ArgumentError, 'no option "colour"');
});
