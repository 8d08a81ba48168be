import type { Comparison } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { LossResult, Numbers } from "../support/subjectContract.js";
import { compareTensors, type Engine } from "./engine.js";

/** Mean and variance of each element are the two outputs of a row; without reduction each element is a mean by itself. */
export function attemptGaussian<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const [mean, variance, target] = ["input", "var", "target"].map((name) => Array.from(reference.values(name)));
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
    "grad.var": slopes.filter((_, index) => index % 2 === 1),
  });
}
