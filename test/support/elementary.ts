import type { Core } from "./core.js";

/** Result of a comparison over many arguments; `ulp` is relative to the spacing of float32 at the exact value. */
export interface Errors {
  /** Largest |y − exact| where the exact value is at most 1 in size. */
  absolute: number;
  absoluteAt: number;
  /** Largest error in ulp where the exact value is a normal float32. */
  ulp: number;
  ulpAt: number;
  /** Largest |y − exact| where the exact value is a denormal or 0, in multiples of 2⁻¹⁴⁹. */
  underflow: number;
  underflowAt: number;
  /** Arguments whose result should be NaN or infinite and is not, or the other way round. */
  wrong: number[];
}

export interface Elementary {
  kernel: string;
  /** float64 value. Series and limits stand in where they are exact to 2⁻⁴⁸, because Math.* would take minutes. */
  exact(x: number): number;
  /** Bounds measured over all 2³² arguments; a larger error anywhere is a regression. */
  bounds: { absolute: number; ulp: number; underflow: number };
}

const tiny = 2 ** -12;

/** float64 references: V8's Math.* is right to about 1e-16, a billionth of what is measured. */
export const elementary: Elementary[] = [
  {
    kernel: "expVector",
    exact: (x) => {
      if (x > -tiny && x < tiny) return 1 + x * (1 + x * (1 / 2 + x / 6));
      return x > 89 ? Infinity : x < -110 ? 0 : Math.exp(x);
    },
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
  {
    kernel: "expm1Vector",
    exact: (x) => {
      if (x > -tiny && x < tiny) return x * (1 + x * (1 / 2 + x * (1 / 6 + x / 24)));
      return x > 89 ? Infinity : x < -40 ? -1 : Math.expm1(x);
    },
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
  {
    kernel: "sigmoidVector",
    exact: (x) => {
      if (x > -tiny && x < tiny) return 0.5 + x * (0.25 - (x * x) / 48);
      return x > 40 ? 1 : x < -110 ? 0 : 1 / (1 + Math.exp(-x));
    },
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
  {
    kernel: "tanhVector",
    exact: (x) => {
      if (x > -tiny && x < tiny) return x * (1 - x * x * (1 / 3 - (x * x * 2) / 15));
      return x > 20 ? 1 : x < -20 ? -1 : Math.tanh(x);
    },
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
  {
    kernel: "logVector",
    exact: Math.log,
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
  {
    kernel: "softplusVector",
    exact: (x) => {
      if (x > -tiny && x < tiny) return Math.LN2 + x * (0.5 + x / 8);
      return x > 40 ? x : x < -110 ? 0 : Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
    },
    bounds: { absolute: 1, ulp: 9, underflow: 9 },
  },
];

const wide = new Float64Array(1);
const words = new Uint32Array(wide.buffer);
const leastNormal = 2 ** -126;
/** Spacing of float32 at a number of this float64 exponent field; infinite for what only float64 can hold. */
const spacing = Float64Array.from({ length: 2048 }, (_, field) => 2 ** (Math.max(field - 1023, -126) - 23));
/** Halfway between the largest float32 and 2¹²⁸: from here on the right result is infinite. */
const overflow = 2 ** 128 - 2 ** 103;

export function noErrors(): Errors {
  return { absolute: 0, absoluteAt: 0, ulp: 0, ulpAt: 0, underflow: 0, underflowAt: 0, wrong: [] };
}

/** One result against its exact value. */
function compareOne(errors: Errors, x: number, y: number, exact: number): void {
  const size = Math.abs(exact);
  if (!(size < overflow)) {
    if (!(y === exact || (y !== y && exact !== exact) || y === Math.fround(exact))) errors.wrong.push(x);
    return;
  }
  const error = Math.abs(y - exact);
  if (!(error < Infinity)) errors.wrong.push(x);
  else if (size < leastNormal) {
    if (error > errors.underflow * 2 ** -149) [errors.underflow, errors.underflowAt] = [error / 2 ** -149, x];
  } else {
    if (size <= 1 && error > errors.absolute) [errors.absolute, errors.absoluteAt] = [error, x];
    wide[0] = size;
    const ulp = error / spacing[words[1] >>> 20];
    if (ulp > errors.ulp) [errors.ulp, errors.ulpAt] = [ulp, x];
  }
}

/** Runs a kernel on the float32 bit patterns first, first + stride, … (fewer than 2³²) and adds up the errors. */
export function sweep(core: Core, { kernel, exact }: Elementary, stride: number, first = 0, last = 2 ** 32): Errors {
  const block = 1 << 14;
  const x = core.allocate(block * 4);
  const y = core.allocate(block * 4);
  const [patterns, inputs, outputs] = [core.ints(x, block), core.floats(x, block), core.floats(y, block)];
  const errors = noErrors();
  for (let pattern = first; pattern < last; pattern += block * stride) {
    const count = Math.min(block, Math.ceil((last - pattern) / stride));
    for (let i = 0; i < count; i++) patterns[i] = pattern + i * stride;
    core.exports[kernel](y, x, count);
    for (let i = 0; i < count; i++) compareOne(errors, inputs[i], outputs[i], exact(inputs[i]));
    if (errors.wrong.length > 100) break;
  }
  return errors;
}
