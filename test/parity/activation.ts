import { type Comparison, elementDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { ActivationChoice, Numbers } from "../support/subjectContract.js";
import type { Engine } from "./engine.js";

/** torch's names that are not the library's in snake case. */
const renamed: Readonly<Record<string, string>> = {
  hardsigmoid: "hardSigmoid",
  hardtanh: "hardTanh",
  hardswish: "hardSwish",
  logsigmoid: "logSigmoid",
  softplus_beta: "softplus",
};

/** Kind activation: value and derivative element by element; softmax and its logarithm row by row. */
export function attemptActivation<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>): Comparison[] {
  const x = engine.numbers(reference.values("x"));
  const kind = reference.text("activation");
  if (kind === "softmax" || kind === "log_softmax") {
    const [rows, width] = reference.shape("x");
    const dy = engine.numbers(reference.values("g.y"));
    const { y, dx } = engine.subject.runSoftmax(x, rows, width, kind === "log_softmax", dy);
    return [compareElements(reference, engine, "y", y), compareElements(reference, engine, "grad.x", dx)];
  }
  const { y, derivative } = engine.subject.runActivation(libraryActivation(reference), x);
  return [compareElements(reference, engine, "y", y), compareElements(reference, engine, "derivative", derivative)];
}

/** The function under the library's name, with the parameters of the case's config. */
function libraryActivation(reference: ReferenceCase): ActivationChoice {
  const { config } = reference;
  const kind = reference.text("activation");
  const type = renamed[kind] ?? kind.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  // torch's hard sigmoid has a slope of 1/6; the library's slope and offset are free.
  if (type === "hardSigmoid") return { type, alpha: 1 / 6, beta: 0.5 };
  const alpha = config.alpha ?? config.negative_slope ?? config.min_val;
  const beta = config.beta ?? config.max_val;
  return {
    type,
    ...(typeof alpha === "number" ? { alpha } : {}),
    ...(typeof beta === "number" ? { beta } : {}),
  };
}

function compareElements<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  name: string,
  actual: A,
): Comparison {
  const expected = engine.expected(reference, name);
  const flags = comparable(reference, reference.values(`compare.${name}`));
  return {
    name,
    difference: elementDifference(actual, expected, flags, engine.elementTolerance(reference)),
    allowed: 1,
  };
}

/**
 * Torch's softplus is x from βx = threshold on. Where that is another number than the function's own to within the
 * tolerance, there is nothing to compare.
 */
function comparable(reference: ReferenceCase, flags: ArrayLike<number>): ArrayLike<number> {
  const { threshold, beta = 1 } = reference.config;
  if (typeof threshold !== "number" || typeof beta !== "number") return flags;
  const x = reference.values("x");
  const { atol = 0 } = reference.tolerance;
  const isCut = (at: number) => beta * x[at] > threshold && Math.exp(-beta * x[at]) / Math.min(beta, 1) > atol;
  return Array.from(flags, (flag, at) => (isCut(at) ? 0 : flag));
}
