import { describe, expect, test } from "vitest";
import { readRows, writeGradientRows } from "../../src/data/batches.js";
import { Attention } from "../../src/layers/attention.js";
import type { Planner } from "../../src/layers/layer.js";
import { Layout } from "../../src/tensor/layout.js";
import type { Rows } from "../../src/tensor/rows.js";
import { floats } from "../../src/wasm/memory.js";
import type { Region } from "../../src/wasm/region.js";
import { centralDifferences } from "../oracle/centralDifferences.js";
import { TestRandom } from "../oracle/random.js";
import { tensorDifference } from "../support/compare.js";
import { inputRows, within } from "../support/subjectPlan.js";

/** Rounding of sums of at most 33 products and of a softmax, over the largest value: a few times √33 · 6e-8. */
const TOLERANCE = 3e-6;

interface Size {
  readonly keys: readonly number[];
  readonly queries: readonly number[];
  readonly width: number;
  readonly values: number;
}
const sizes: readonly Size[] = [
  { keys: [1], queries: [1], width: 1, values: 1 },
  { keys: [3, 5, 0, 4], queries: [4, 0, 2, 3], width: 3, values: 5 },
  { keys: [8, 17], queries: [1, 8], width: 8, values: 4 },
  { keys: [33, 2], queries: [5, 17], width: 17, values: 9 },
];

/** Arrays [sequences][steps][width], flat by the longest sequence as `inputRows` takes them. */
interface Sample<A> {
  readonly keys: A;
  readonly values: A;
  readonly queries: A;
  readonly vector?: A;
}

/** context [sequences, answers, values] by its definition, in float64. */
function definition(size: Size, { keys, values, queries, vector }: Sample<Float64Array>): Float64Array {
  const [steps, answers] = [Math.max(...size.keys), Math.max(...size.queries)];
  const found = new Float64Array(size.keys.length * answers * size.values);
  size.keys.forEach((keyCount, sequence) => {
    for (let answer = 0; answer < (size.queries[sequence] as number) && keyCount > 0; answer++) {
      const scores = Array.from({ length: keyCount }, (_, step) => {
        let score = 0;
        for (let unit = 0; unit < size.width; unit++) {
          const q = queries[(sequence * answers + answer) * size.width + unit] as number;
          const k = keys[(sequence * steps + step) * size.width + unit] as number;
          score += vector === undefined ? q * k : (vector[unit] as number) * Math.tanh(q + k);
        }
        return score;
      });
      const largest = Math.max(...scores);
      const terms = scores.map((score) => Math.exp(score - largest));
      const sum = terms.reduce((total, term) => total + term, 0);
      terms.forEach((term, step) => {
        for (let feature = 0; feature < size.values; feature++) {
          const at = (sequence * answers + answer) * size.values + feature;
          const value = values[(sequence * steps + step) * size.values + feature] as number;
          found[at] = (found[at] as number) + (term / sum) * value;
        }
      });
    }
  });
  return found;
}

function sampleOf(size: Size, isAdditive: boolean): { sample: Sample<Float32Array>; factors: Float32Array } {
  const random = new TestRandom(17);
  const [batch, steps, answers] = [size.keys.length, Math.max(...size.keys), Math.max(...size.queries)];
  return {
    sample: {
      keys: random.numbers(batch * steps * size.width),
      values: random.numbers(batch * steps * size.values),
      queries: random.numbers(batch * answers * size.width),
      ...(isAdditive && { vector: random.numbers(size.width) }),
    },
    factors: random.numbers(batch * answers * size.values),
  };
}

/** The core's contexts, and the gradients of Σ factor · context, some steps at a time. */
function attended(size: Size, sample: Sample<Float32Array>, factors: Float32Array, isSplit: boolean, region: Region) {
  const layoutOf = (lengths: readonly number[]) => {
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const layout = new Layout({ sequences: lengths.length, steps: Math.max(...lengths), rows }, region);
    layout.assign(lengths);
    return layout;
  };
  const [input, answers] = [layoutOf(size.keys), layoutOf(size.queries)];
  const keys = inputRows(region, input, sample.keys, size.width);
  const values = inputRows(region, input, sample.values, size.values);
  const queries = inputRows(region, answers, sample.queries, size.width);
  const vector = { value: region.words(size.width), gradient: region.words(size.width) };
  if (sample.vector !== undefined) floats.set(sample.vector, vector.value >> 2);
  const planner = { region, training: true, path: "" } as unknown as Planner;
  const run = new Attention({ keys, values, queries, planner, ...(sample.vector && { vector }) });
  const parts = isSplit && answers.steps > 1 ? [0, 1, answers.steps] : [0, answers.steps];
  run.pack();
  run.begin();
  run.read();
  for (let part = 1; part < parts.length; part++) run.forward(parts[part - 1] as number, parts[part] as number);
  writeGradientRows(run.context, factors);
  for (let part = parts.length - 1; part > 0; part--) run.backward(parts[part - 1] as number, parts[part] as number);
  run.backwardKeys();
  clear(values);
  run.backwardValues();
  run.gradients();
  const gradients = {
    keys: readRows(keys, true),
    values: readRows(values, true),
    queries: readRows(queries, true),
    ...(sample.vector && { vector: floats.slice(vector.gradient >> 2, (vector.gradient >> 2) + size.width) }),
  };
  return { context: readRows(run.context), gradients };
}

function clear({ gradient, gradientStride, layout }: Rows): void {
  floats.fill(0, gradient >> 2, (gradient + layout.rows * gradientStride) >> 2);
}

describe.each([
  ["dot", false],
  ["additive", true],
])("attention with %s scores", (_, isAdditive) => {
  test.each(sizes)("equals its definition: keys $keys of $width, queries $queries, values of $values", (size) => {
    const { sample, factors } = sampleOf(size, isAdditive);
    const wide = Object.fromEntries(
      Object.entries(sample).map(([name, values]) => [name, Float64Array.from(values)]),
    ) as unknown as Sample<Float64Array>;
    const { context, gradients } = within((region) => attended(size, sample, factors, false, region));
    expect(tensorDifference(context, definition(size, wide)), "context").toBeLessThan(TOLERANCE);
    const sum = () => definition(size, wide).reduce((total, value, at) => total + value * (factors[at] as number), 0);
    for (const [name, values] of Object.entries(wide)) {
      const numeric = centralDifferences(sum, values);
      const found = gradients[name as keyof typeof gradients] as Float32Array;
      expect(tensorDifference(found, numeric), name).toBeLessThan(TOLERANCE);
    }
  });

  test.each(sizes)("gives the same bits some steps at a time: keys $keys", (size) => {
    const { sample, factors } = sampleOf(size, isAdditive);
    const whole = within((region) => attended(size, sample, factors, false, region));
    expect(within((region) => attended(size, sample, factors, true, region))).toEqual(whole);
  });
});
