import { type Comparison, scalarDifference, tensorDifference } from "../support/compare.js";
import type { Measure, ReferenceCase } from "../support/fixtures.js";
import type { Numbers, Subject } from "../support/subjectContract.js";

/** Who computes, what it is held against, and how near it must come. */
export interface Engine<A extends Numbers> {
  readonly subject: Subject<A>;
  readonly numbers: (values: ArrayLike<number>) => A;
  /** The reference for a tensor of a case. */
  expected(reference: ReferenceCase, name: string): ArrayLike<number>;
  /** The largest difference allowed for a tensor. */
  allowed(reference: ReferenceCase, name: string, measure: Measure): number;
  /** What is allowed where each element is measured by itself. */
  elementTolerance(reference: ReferenceCase): { atol: number; rtol: number };
}

/** Computes a case and holds every expected tensor of it against the reference; throws when the engine cannot. */
export type Attempt = <A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
) => Comparison[] | Promise<Comparison[]>;

/** Results under the names that the reference file gives them. */
export type Produced = Readonly<Record<string, ArrayLike<number>>>;

/** The library: float32 references and the tolerances of the index. */
export function libraryEngine(subject: Subject<Float32Array>): Engine<Float32Array> {
  return {
    subject,
    numbers: (values) => Float32Array.from(values),
    expected: (reference, name) => reference.values(name),
    allowed: (reference, _, measure) => reference.allowed(measure),
    elementTolerance(reference) {
      const { atol, rtol } = reference.tolerance;
      if (atol === undefined || rtol === undefined) throw new Error(`${reference.id} has no atol and rtol`);
      return { atol, rtol };
    },
  };
}

/** What a tensor of the reference is measured as, by its name. */
function measureOf(name: string): Measure {
  if (name === "loss") return "loss";
  return name.startsWith("grad.") ? "grad" : "value";
}

/**
 * Compares each tensor named, the ones not produced included (at an infinite difference).
 * @param scalarLoss whether a loss near zero is measured absolutely, as the kinds with weighted sums do
 */
export function compareTensors<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  names: readonly string[],
  produced: Produced,
  scalarLoss = false,
): Comparison[] {
  return names.map((name) => {
    const measure = measureOf(name);
    const values = engine.expected(reference, name);
    const allowed = engine.allowed(reference, name, measure);
    const actual = produced[name];
    if (actual === undefined || actual.length !== values.length) return { name, difference: Infinity, allowed };
    const isScalar = scalarLoss && measure === "loss";
    const difference = isScalar ? scalarDifference(actual[0], values[0]) : tensorDifference(actual, values);
    return { name, difference, allowed };
  });
}
