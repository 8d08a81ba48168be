import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { LossResult, Numbers } from "../support/subjectContract.js";
import { stretched } from "./axes.js";
import { compareTensors, type Engine } from "./engine.js";

/** Mean and variance of each element are the two outputs of a row; without reduction each element is a mean by itself. */
export function attemptGaussian<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const shape = reference.shape("input");
  const [mean, target] = ["input", "target"].map((name) => Array.from(reference.values(name)));
  const places = variancePlaces(reference.shape("var"), shape);
  const variance = places.map((place) => reference.values("var")[place]);
  const options = { spread: "variance", epsilon: reference.number("eps"), full: reference.config.full };
  const count = target.length;
  const evaluate = (from: number, to: number): LossResult<A> => {
    const rows = mean.slice(from, to).flatMap((value, index) => [value, variance[from + index]]);
    return engine.subject.runLoss("gaussianNll", engine.numbers(rows), target.slice(from, to), [to - from, 2], options);
  };
  const reduction = reference.text("reduction");
  const results = reduction === "none" ? target.map((_, index) => evaluate(index, index + 1)) : [evaluate(0, count)];
  const factorOf = (index: number): number =>
    reduction === "none" ? reference.values("g.loss")[index] : reduction === "sum" ? count : 1;
  const slopes = results.flatMap(({ gradient }, index) => Array.from(gradient, (value) => value * factorOf(index)));
  const names = [...reference.tensors.keys()].filter((name) => name === "loss" || name.startsWith("grad."));
  return compareTensors(reference, engine, names, {
    loss: results.map(({ loss }) => (reduction === "sum" ? loss * count : loss)),
    "grad.input": slopes.filter((_, index) => index % 2 === 0),
    "grad.var": collected(
      slopes.filter((_, index) => index % 2 === 1),
      places,
    ),
  });
}

/** Which variance each element has: its own, or that of its row, with or without an axis of 1 for it. */
function variancePlaces(own: readonly number[], shape: readonly number[]): number[] {
  const aligned = own.length === shape.length ? own : [...own, 1];
  const count = own.reduce((product, size) => product * size, 1);
  return Array.from(
    stretched(
      Array.from({ length: count }, (_, place) => place),
      aligned,
      shape,
    ),
  );
}

/** The derivatives by the variances: the sums over the elements that share one. */
function collected(slopes: readonly number[], places: readonly number[]): Float64Array {
  const sums = new Float64Array(Math.max(...places) + 1);
  slopes.forEach((slope, index) => {
    sums[places[index]] += slope;
  });
  return sums;
}
