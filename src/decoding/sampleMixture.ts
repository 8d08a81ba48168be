import { ShapeError } from "../errors.js";
import {
  type Mixture,
  type MixtureOptions,
  mixtureOf,
  mixtureOptionNames,
  mixtureSize,
} from "../losses/mixtureParts.js";
import { requireInteger, requireKnownOptions, requireNumber, show } from "../shape.js";
import { exp } from "../tensor/float64.js";
import { largestPlace } from "../tensor/largestPlace.js";
import { DEFAULT_SEED, randomKey } from "../tensor/seed.js";
import { type Nested, Tensor } from "../tensor/tensor.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import { Region } from "../wasm/region.js";
import { finiteOutput } from "./finiteOutput.js";
import { placeAt } from "./sampling.js";

/** Options of `sampleMixture`: those of the loss, and how to draw. */
export interface SampleMixtureOptions extends MixtureOptions {
  /** Seed of the draws; default 1. */
  readonly seed?: number;
  /** Which draw: each has numbers of its own, so that a sequence drawn step by step gives its step here. Default 0. */
  readonly step?: number;
  /**
   * How bold: logits are divided by it, variances multiplied (Ha & Eck 2018). 1 draws from the distribution itself, less stays
   * nearer its likeliest values, 0 gives the mean of the heaviest component. Default 1.
   */
  readonly temperature?: number;
}

/** How rows are drawn from. */
interface Draw {
  readonly mixture: Mixture;
  readonly size: number;
  readonly temperature: number;
}

/** Random numbers of a row: two between 0 and 1 that choose component and category, then a normal one for each value. */
const CHOICES = 2;

/**
 * Draws from the mixtures that a network trained with `mixtureDensity` tells: a component by its weight, then its Gaussian.
 * What is drawn depends on seed, step and the row's place alone.
 *
 * @param output [width] or [rows, width] or [batch, time, width], as the network gives it
 * @returns the same with n values instead of the outputs, then the category drawn as 1 among 0
 * @example
 * const drawn = sampleMixture(model.predict(sequence), { components: 5, seed: 7, temperature: 0.8 });
 * @throws ShapeError, ArgumentError when output or options do not fit, or the output is not finite
 */
export function sampleMixture(output: Tensor | Nested, options: SampleMixtureOptions): Tensor {
  const owner = "sampleMixture";
  requireKnownOptions(owner, options, [...mixtureOptionNames, "seed", "step", "temperature"]);
  const mixture = mixtureOf(owner, options);
  const temperature = requireNumber(`temperature of ${owner}`, options.temperature ?? 1, 0);
  const step = requireInteger(`step of ${owner}`, options.step ?? 0, 0);
  const key = randomKey(options.seed ?? DEFAULT_SEED, "mixture");
  const { data, shape } = finiteOutput(owner, output);
  const width = shape[shape.length - 1];
  if (width === undefined)
    throw new ShapeError(`${owner} wants rows of outputs, received a tensor of shape ${show(shape)}.`);
  const size = mixtureSize(owner, mixture, width);
  const draw = { mixture, size, temperature };
  const [rows, wanted] = [data.length / width, size + mixture.categories];
  const drawn = new Float32Array(rows * wanted);
  const region = new Region();
  try {
    const address = region.words(CHOICES + size);
    for (let row = 0; row < rows; row++) {
      core().fillUniform(address, CHOICES, 0, 1, key[0], key[1], row, step);
      core().fillNormal(address + 4 * CHOICES, size, 0, 1, key[0], key[1], row, step);
      const random = floats.subarray(address >> 2, (address >> 2) + CHOICES + size);
      drawn.set(drawRow(data.subarray(row * width, (row + 1) * width), draw, random), row * wanted);
    }
  } finally {
    region.dispose();
  }
  return new Tensor(drawn, [...shape.slice(0, -1), wanted]);
}

function drawRow(y: Float32Array, { mixture, size, temperature }: Draw, random: Float32Array): Float32Array {
  const { components, correlated, categories, epsilon } = mixture;
  const drawn = new Float32Array(size + categories);
  const component = choose(y.subarray(0, components), temperature, random[0] as number);
  const means = components + component * size;
  const spreads = means + components * size;
  const widen = Math.sqrt(temperature);
  const rho = correlated ? tanh(y[components * (1 + 2 * size) + component] as number) : 0;
  let last = 0;
  for (let at = 0; at < size; at++) {
    const own = random[CHOICES + at] as number;
    const z = at > 0 && correlated ? rho * last + Math.sqrt(1 - rho * rho) * own : own;
    last = z;
    const deviation = Math.max(exp(y[spreads + at] as number), Math.sqrt(epsilon));
    drawn[at] = (y[means + at] as number) + widen * deviation * z;
  }
  if (categories > 0) drawn[size + choose(y.subarray(y.length - categories), temperature, random[1] as number)] = 1;
  return drawn;
}

/** A place by the softmax of the logits over the temperature: where the sum of the shares first exceeds u. */
function choose(logits: Float32Array, temperature: number, u: number): number {
  const largest = largestPlace(logits);
  if (temperature === 0) return largest;
  const most = logits[largest] as number;
  return placeAt(
    Float64Array.from(logits, (logit) => exp((logit - most) / temperature)),
    u,
  );
}

function tanh(x: number): number {
  const small = exp(-2 * Math.abs(x));
  return (x < 0 ? -1 : 1) * ((1 - small) / (1 + small));
}
