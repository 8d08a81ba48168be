import type { Engine } from "../parity/engine.js";
import { oracle } from "./oracle.js";

/**
 * float64 against float64: two orders of summation over a few thousand terms differ by some 1e-13, saturated gates and
 * divisions by small roots (Adam) amplify that by up to three digits.
 */
const FLOAT64_TOLERANCE = 1e-9;

/** The reference rounded to float32 is off by 2⁻²⁴ = 6e-8 of the largest value. */
const ROUNDED_TOLERANCE = 6.1e-8;

/** torch rounds the slope 1/6 of its hard sigmoid to float32 (5e-9) and takes softplus above 20 to be linear (2e-9). */
const ELEMENT_TOLERANCE = 6e-9;

/** The oracle as what is tested: against the float64 tensors of the reference, else against the rounded ones. */
export const oracleEngine: Engine<Float64Array> = {
  subject: oracle,
  numbers: (values) => Float64Array.from(values),
  expected: (reference, name) => reference.values(reference.has(`f64.${name}`) ? `f64.${name}` : name),
  allowed: (reference, name) => (reference.has(`f64.${name}`) ? FLOAT64_TOLERANCE : ROUNDED_TOLERANCE),
  elementTolerance: () => ({ atol: ELEMENT_TOLERANCE, rtol: ELEMENT_TOLERANCE }),
};
