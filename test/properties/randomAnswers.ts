import { type CellName, cells } from "../../src/cells/index.js";
import { type Data, encoderDecoder, type Layer, Model, oneToMany } from "../../src/index.js";
import { TestRandom } from "../oracle/random.js";

/** A network that answers at steps of its own, made by chance, with data for it. */
export interface RandomAnswers {
  readonly label: string;
  readonly layer: Layer;
  /** Whether it reads single steps, not sequences. */
  readonly isSingleStep: boolean;
  readonly isOfTokens: boolean;
  readonly data: Data & { readonly input: readonly unknown[] };
  /** Values of its parameters, all different. */
  readonly start: Float32Array[];
}

/** Steps of the inputs, unsorted, one empty; and of the targets, in another order. */
const LENGTHS = [4, 0, 6, 3, 1, 5, 2];
const TARGET_LENGTHS = [3, 5, 2, 1, 4, 2, 5];

/** What one side reads or answers: tokens below a number, or rows of a width. */
interface Side {
  readonly isOfTokens: boolean;
  readonly size: number;
}

/** @param isSmooth leaves out kinks, and tokens that are fed back: where another is likeliest, the loss jumps */
export function randomAnswers(seed: number, isSmooth = false): RandomAnswers {
  const random = new TestRandom(seed * 77 + 5);
  const side = (): Side => ({ isOfTokens: random.unit() < 0.5, size: random.integer(2, 5) });
  const [reads, gives] = [side(), side()];
  const isSingleStep = random.unit() < 0.2;
  const source = isSingleStep ? gives : reads;
  const known = (Object.keys(cells) as CellName[]).filter((name) => !isSmooth || name !== "indRnn");
  const stack = { cell: pick(random, known), units: random.integer(1, 9), layers: random.integer(1, 3) };
  const drawn = isSingleStep ? oneToManyOptions(random, gives) : encoderDecoderOptions(random, reads, gives);
  const options = { ...drawn, ...(isSmooth && gives.isOfTokens ? { teacherForcing: 1 } : {}) };
  const config = { ...stack, ...options } as never;
  const layer = isSingleStep ? oneToMany(config) : encoderDecoder(config);
  const step = ({ isOfTokens, size }: Side) => (isOfTokens ? random.integer(0, size - 1) : [...random.numbers(size)]);
  const rows = (of: Side, count: number) => Array.from({ length: count }, () => step(of));
  const input = isSingleStep ? rows(source, LENGTHS.length) : LENGTHS.map((count) => rows(source, count));
  const target = TARGET_LENGTHS.map((count) => rows(gives, count));
  return {
    ...{ label: `network ${seed}: ${JSON.stringify(layer)}`, layer, isSingleStep, isOfTokens: gives.isOfTokens },
    ...{ data: { input, target } as RandomAnswers["data"], start: startOf(layer) },
  };
}

function startOf(layer: Layer): Float32Array[] {
  const random = new TestRandom(3);
  using model = new Model(layer);
  return model.parameters.map((parameter) => random.numbers(parameter.read().data.length, 0.6));
}

/** A new model with those parameters. */
export function modelOf({ layer, start }: RandomAnswers): Model {
  const model = new Model(layer, { seed: 3 });
  model.parameters.forEach((parameter, index) => {
    parameter.write(start[index]);
  });
  return model;
}

function pick<T>(random: TestRandom, from: readonly T[]): T {
  return from[random.integer(0, from.length - 1)];
}

function oneToManyOptions(random: TestRandom, { isOfTokens, size }: Side): object {
  const teacherForcing = pick(random, [1, 0.5, 0]);
  if (isOfTokens) return { vocabularySize: size, steps: 4, teacherForcing };
  const feedback = pick(random, ["output", "zeros", "repeat"]);
  const forced = feedback === "output" ? { teacherForcing } : {};
  return { inputSize: size, outputSize: size, steps: 4, feedback, ...forced };
}

function encoderDecoderOptions(random: TestRandom, reads: Side, gives: Side): object {
  const isBidirectional = random.unit() < 0.5;
  const bridge = pick(random, ["sum", "dense", ...(isBidirectional ? ["concatenate"] : [])]);
  // Products of queries and outputs want both of one width.
  const isEven = !isBidirectional || bridge === "concatenate";
  const attention = pick(random, ["none", "general", "additive", ...(isEven ? ["dot"] : [])]);
  const isRepeated = !reads.isOfTokens && !gives.isOfTokens && reads.size === gives.size && random.unit() < 0.5;
  return {
    ...(reads.isOfTokens ? { vocabularySize: reads.size } : { inputSize: reads.size }),
    ...(reads.isOfTokens && random.unit() < 0.5 ? { embeddingSize: random.integer(1, 6) } : {}),
    ...(gives.isOfTokens ? { targetVocabularySize: gives.size, start: 1 } : { outputSize: gives.size }),
    ...(gives.isOfTokens && random.unit() < 0.5 ? { targetEmbeddingSize: random.integer(1, 6) } : {}),
    ...(isRepeated ? { start: "last" } : {}),
    ...{ bidirectional: isBidirectional, bridge, attention, teacherForcing: pick(random, [1, 1, 0.5, 0]) },
    ...(attention === "additive" && random.unit() < 0.5 ? { attentionSize: random.integer(1, 7) } : {}),
  };
}
