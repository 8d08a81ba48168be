import { describe, expect, it } from "vitest";
import { type Activation, type ActivationName, activation, activations } from "../../src/activations.js";
import { ArgumentError } from "../../src/errors.js";
import { type Core, loadCore, targets } from "../support/core.js";

/** float64 definitions, parameters a = alpha and b = beta. */
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const clip = (x: number, least: number, most: number) => Math.min(Math.max(x, least), most);
const elu = (x: number, a: number, b: number) => b * (x > 0 ? x : a * Math.expm1(x));
/** Φ by its series Σ x^(2k+1) / (1·3·…·(2k+1)) times the density; float64-exact for |x| ≤ 6. */
function normalCumulative(x: number): number {
  let [term, sum] = [x, x];
  for (let k = 1; k < 200; k++) sum += term *= (x * x) / (2 * k + 1);
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
const definitions: Record<ActivationName, (x: number, a: number, b: number) => number> = {
  linear: (x) => x,
  affine: (x, a, b) => a * x + b,
  sigmoid,
  tanh: Math.tanh,
  scaledTanh: (x, a, b) => a * Math.tanh(b * x),
  relu: (x) => Math.max(x, 0),
  relu6: (x) => clip(x, 0, 6),
  leakyRelu: (x, a) => (x > 0 ? x : a * x),
  thresholdedRelu: (x, a) => (x > a ? x : 0),
  elu,
  selu: elu,
  hardSigmoid: (x, a, b) => clip(a * x + b, 0, 1),
  hardTanh: clip,
  hardSwish: (x, a, b) => x * clip(a * x + b, 0, 1),
  softplus: (x, _, b) => softplus(b * x) / b,
  softsign: (x) => x / (1 + Math.abs(x)),
  logSigmoid: (x) => -softplus(-x),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  gelu: (x) => x * normalCumulative(x),
  exp: (x) => Math.exp(x),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** Defaults, and once more every one that has parameters, with others. */
const choices: Activation[] = [
  ...(Object.keys(activations) as ActivationName[]),
  { type: "affine", alpha: -1.7, beta: 0.3 },
  { type: "scaledTanh", alpha: 1.7159, beta: 0.6667 },
  { type: "leakyRelu", alpha: 0.3 },
  { type: "leakyRelu", alpha: -0.4 },
  { type: "thresholdedRelu", alpha: 0.25 },
  { type: "elu", alpha: 0.7 },
  { type: "selu", alpha: 1.2, beta: 0.9 },
  { type: "hardSigmoid", alpha: 1 / 6, beta: 0.5 },
  { type: "hardTanh", alpha: -0.5, beta: 2 },
  { type: "softplus", beta: 2.5 },
];
const named = choices.map((choice) => ({ choice, title: JSON.stringify(choice) }));

/** 4 ulp of 1: a value rests on at most two elementary functions of 2 to 3 ulp. */
const valueTolerance = 4 * 2 ** -23;
/** 1 − y² doubles the error of tanh (2.5 ulp), which is added to the rounding of the square. */
const slopeTolerance = 6 * 2 ** -23;
/** Central differences in float64: h² f'''/6 plus 2⁻⁵³ f/h stay below 1e-9 for |x| ≤ 6. */
const h = 1e-5;

/** No x of this grid is within h of a kink of any choice. */
const grid = Float32Array.from({ length: 243 }, (_, i) => -6 + i / 20.13 + 0.0007);

function run(core: Core, choice: Activation, inputs: ArrayLike<number>): { y: Float32Array; dx: Float32Array } {
  const { code, alpha, beta, saves } = activation(choice);
  const n = inputs.length;
  const [x, dy] = [core.put(inputs), core.put(new Float32Array(n).fill(1))];
  // What is not saved is junk for the backward pass.
  const junk = core.put(new Float32Array(n).fill(Number.NaN));
  const [y, dx] = [core.allocate(n * 4), core.allocate(n * 4)];
  core.exports.activationForward(y, x, n, code, alpha, beta);
  const [keptX, keptY] = saves === "value" ? [junk, y] : [x, junk];
  core.exports.activationBackward(dx, dy, keptX, keptY, n, code, alpha, beta);
  return { y: core.floats(y, n).slice(), dx: core.floats(dx, n).slice() };
}

describe.each(targets)("activations, %s build", (target) => {
  const core = loadCore(target);

  it.each(named)("$title: value and slope equal the float64 definition", ({ choice }) => {
    const { name, alpha, beta } = activation(choice);
    const f = (x: number) => definitions[name](x, alpha, beta);
    const { y, dx } = run(core, choice, grid);
    for (const [i, x] of grid.entries()) {
      const exact = f(x);
      expect(Math.abs(y[i] - exact), `f(${x})`).toBeLessThanOrEqual(valueTolerance * Math.max(1, Math.abs(exact)));
      const derivative = (f(x + h) - f(x - h)) / (2 * h);
      const scale = Math.max(1, Math.abs(derivative));
      expect(Math.abs(dx[i] - derivative), `f'(${x})`).toBeLessThanOrEqual(slopeTolerance * scale);
    }
  });

  it.each(named)("$title: at ±inf stand the limits, NaN gives NaN", ({ choice }) => {
    const { name, alpha, beta } = activation(choice);
    const { y, dx } = run(core, choice, [-Infinity, Infinity, Number.NaN]);
    // Far enough for the limit to float32, near enough for float64 to hold what is multiplied on the way.
    const near = [-1e8, 1e8].map((x) => (name.startsWith("gelu") ? Math.max(x, 0) : definitions[name](x, alpha, beta)));
    for (const side of [0, 1]) {
      const limit = Math.abs(near[side]) > 1e5 ? near[side] * Infinity : near[side];
      expect(y[side]).toBeCloseTo(limit, 6);
      // Only eˣ is as steep as it is high.
      expect(dx[side]).toSatisfy((slope: number) => Number.isFinite(slope) || (name === "exp" && slope === y[side]));
    }
    expect(y[2]).toBeNaN();
  });

  it.each([
    { choice: "relu", x: 0, slope: 0 },
    { choice: "relu6", x: 6, slope: 0 },
    { choice: "relu6", x: 0, slope: 0 },
    { choice: "leakyRelu", x: 0, slope: 0.01 },
    { choice: "elu", x: 0, slope: 1 },
    { choice: "selu", x: 0, slope: 1.7580993408473766 },
    { choice: "hardTanh", x: -1, slope: 0 },
    { choice: "hardTanh", x: 1, slope: 0 },
    { choice: { type: "hardSigmoid", alpha: 1 / 6 }, x: 3, slope: 0 },
    { choice: { type: "hardSigmoid", alpha: 1 / 6 }, x: -3, slope: 0 },
    { choice: "hardSwish", x: 3, slope: 1 },
    { choice: "hardSwish", x: -3, slope: -0.5 },
    { choice: "thresholdedRelu", x: 1, slope: 0 },
  ] as const)("$choice has PyTorch's slope $slope at its kink $x", ({ choice, x, slope }) => {
    expect(run(core, choice, [x]).dx[0]).toBe(Math.fround(slope));
  });

  it.each([1, 3, 4, 5, 8, 17, 33])("%i elements: nothing beyond them is written", (n) => {
    const { code, alpha, beta } = activation("silu");
    const whole = run(core, "silu", grid);
    const x = core.put(grid);
    const dy = core.put(new Float32Array(40).fill(1));
    const [y, dx] = [core.put(new Float32Array(40).fill(-7)), core.put(new Float32Array(40).fill(-7))];
    core.exports.activationForward(y, x, n, code, alpha, beta);
    core.exports.activationBackward(dx, dy, x, y, n, code, alpha, beta);
    const rest = new Float32Array(40 - n).fill(-7);
    expect(core.floats(y, 40)).toEqual(Float32Array.of(...whole.y.subarray(0, n), ...rest));
    expect(core.floats(dx, 40)).toEqual(Float32Array.of(...whole.dx.subarray(0, n), ...rest));
  });
});

describe("activation", () => {
  it("fills in defaults and keeps what is given", () => {
    expect(activation("elu")).toEqual({ name: "elu", code: 8, alpha: 1, beta: 1, saves: "value" });
    expect(activation({ type: "hardSigmoid", alpha: 0.25 })).toMatchObject({ alpha: 0.25, beta: 0.5 });
  });

  it.each([
    ["swish", /must be one of "linear", .* received "swish"/],
    [undefined, /received undefined/],
    [{ type: "tanh", alpha: 1 }, /"tanh" knows no option "alpha"/],
    [{ type: "elu", alpha: Number.NaN }, /alpha of activation "elu"/],
    [{ type: "elu", alpha: -0.1 }, /0 or more, received -0.1/],
    [{ type: "softplus", beta: 0 }, /beta of activation "softplus"/],
    [{ type: "hardTanh", alpha: 2, beta: 1 }, /below beta/],
  ])("refuses %j", (choice, message) => {
    expect(() => activation(choice as Activation)).toThrow(ArgumentError);
    expect(() => activation(choice as Activation)).toThrow(message);
  });
});
