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
  /** The core's code of it (assembly/activations.ts). */
  code: number;
  /** float64 value. Series and limits stand in where they are exact to 2⁻⁴⁸, because Math.* would take minutes. */
  exact(x: number): number;
  /** What was measured over all 2³² arguments, rounded up; a larger error anywhere is a regression. sigmoid has no denormals. */
  bounds: { absolute: number; ulp: number; underflow: number };
}

const tiny = 2 ** -12;

/** float64 references: V8's Math.* is right to about 1e-16, a billionth of what is measured. */
export const elementary: Elementary[] = [
  {
    kernel: "exp",
    code: 19,
    exact: (x) => {
      if (x > -tiny && x < tiny) return 1 + x * (1 + x * (1 / 2 + x / 6));
      return x > 89 ? Infinity : x < -110 ? 0 : Math.exp(x);
    },
    bounds: { absolute: 5e-8, ulp: 1.007, underflow: 0.75 },
  },
  {
    kernel: "expm1",
    code: 20,
    exact: (x) => {
      if (x > -tiny && x < tiny) return x * (1 + x * (1 / 2 + x * (1 / 6 + x / 24)));
      return x > 89 ? Infinity : x < -40 ? -1 : Math.expm1(x);
    },
    bounds: { absolute: 5.63e-8, ulp: 1.66, underflow: 1 },
  },
  {
    kernel: "sigmoid",
    code: 2,
    exact: (x) => {
      if (x > -tiny && x < tiny) return 0.5 + x * (0.25 - (x * x) / 48);
      return x > 40 ? 1 : x < -110 ? 0 : 1 / (1 + Math.exp(-x));
    },
    bounds: { absolute: 9.11e-8, ulp: 2.917, underflow: 2 ** 23 },
  },
  {
    kernel: "tanh",
    code: 3,
    exact: (x) => {
      if (x > -tiny && x < tiny) return x * (1 - x * x * (1 / 3 - (x * x * 2) / 15));
      return x > 20 ? 1 : x < -20 ? -1 : Math.tanh(x);
    },
    bounds: { absolute: 1.49e-7, ulp: 2.499, underflow: 0 },
  },
  {
    kernel: "log",
    code: 21,
    exact: Math.log,
    bounds: { absolute: 4.66e-8, ulp: 0.84, underflow: 0 },
  },
  {
    kernel: "softplus",
    code: 12,
    exact: (x) => {
      if (x > -tiny && x < tiny) return Math.LN2 + x * (0.5 + x / 8);
      return x > 40 ? x : x < -110 ? 0 : Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0);
    },
    bounds: { absolute: 1.44e-7, ulp: 2.863, underflow: 1.5 },
  },
];

/** y[i] = f(x[i]) for i < n, by the core. Parameters of 1 leave the function as it is. */
export function evaluate(core: Core, { code }: Pick<Elementary, "code">, y: number, x: number, n: number): void {
  core.exports.activationForward(y, x, n, code, 1, 1);
}

const wide = new Float64Array(1);
const words = new Uint32Array(wide.buffer);
const leastNormal = 2 ** -126;
/** 1 / spacing of float32 at a number of this float64 exponent field. */
const ulpsPerUnit = Float64Array.from({ length: 2048 }, (_, field) => 2 ** (23 - Math.max(field - 1023, -126)));
/** Halfway between the largest float32 and 2¹²⁸: from here on the right result is infinite. */
const overflow = 2 ** 128 - 2 ** 103;

function noErrors(): Errors {
  return { absolute: 0, absoluteAt: 0, ulp: 0, ulpAt: 0, underflow: 0, underflowAt: 0, wrong: [] };
}

/** Where the exact value is NaN, infinite for float32, or a denormal or 0; and where the result is one that it should not be. */
function compareEdge(errors: Errors, x: number, y: number, exact: number): void {
  const rounded = Math.fround(exact);
  const underflow = Math.abs(y - exact) * 2 ** 149;
  if (Number.isNaN(exact) ? !Number.isNaN(y) : !Number.isFinite(rounded) ? y !== rounded : !Number.isFinite(y)) {
    errors.wrong.push(x);
  } else if (Math.abs(exact) < leastNormal && underflow > errors.underflow) {
    errors.underflow = underflow;
    errors.underflowAt = x;
  }
}

/** Adds the errors of `count` results; the hot loop of the exhaustive run, hence its plain shape. */
function compareBlock(
  errors: Errors,
  x: Float32Array,
  y: Float32Array,
  count: number,
  exactly: Elementary["exact"],
): void {
  let { absolute, absoluteAt, ulp, ulpAt } = errors;
  for (let i = 0; i < count; i++) {
    const exact = exactly(x[i]);
    const error = Math.abs(y[i] - exact);
    const size = Math.abs(exact);
    if (size >= leastNormal && size < overflow && error < Infinity) {
      wide[0] = size;
      const ulps = error * ulpsPerUnit[words[1] >>> 20];
      if (ulps > ulp) {
        ulp = ulps;
        ulpAt = x[i];
      }
      if (error > absolute && size <= 1) {
        absolute = error;
        absoluteAt = x[i];
      }
    } else if (y[i] !== exact) compareEdge(errors, x[i], y[i], exact);
  }
  Object.assign(errors, { absolute, absoluteAt, ulp, ulpAt });
}

/** Runs a kernel on the float32 bit patterns 0, stride, 2 · stride, … below 2³² and gathers the errors. */
export function sweep(core: Core, member: Elementary, stride: number): Errors {
  const block = 1 << 14;
  const x = core.allocate(block * 4);
  const y = core.allocate(block * 4);
  const [patterns, inputs, outputs] = [core.ints(x, block), core.floats(x, block), core.floats(y, block)];
  const errors = noErrors();
  for (let pattern = 0; pattern < 2 ** 32; pattern += block * stride) {
    const count = Math.min(block, Math.ceil((2 ** 32 - pattern) / stride));
    for (let i = 0; i < count; i++) patterns[i] = pattern + i * stride;
    evaluate(core, member, y, x, count);
    compareBlock(errors, inputs, outputs, count, member.exact);
    if (errors.wrong.length > 100) break;
  }
  return errors;
}

/** The errors of given arguments. */
export function errorsAt(core: Core, member: Elementary, values: readonly number[]): Errors {
  const x = core.put(values);
  const y = core.allocate(values.length * 4);
  evaluate(core, member, y, x, values.length);
  const errors = noErrors();
  compareBlock(errors, core.floats(x, values.length), core.floats(y, values.length), values.length, member.exact);
  return errors;
}
