import { type Comparison, tensorDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Named, Numbers } from "../support/subjectContract.js";
import type { TrainingResult } from "../support/trainingContract.js";
import { libraryCell } from "./cellNames.js";
import { compareTensors, type Engine } from "./engine.js";
import { optimizerSpec } from "./optim.js";

/** The losses that are compared more strictly, before rounding has grown from step to step. */
const FIRST_LOSSES = 10;

/** Kind train: whole training runs, loss by loss, then the final weights. */
export async function attemptTrain<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): Promise<Comparison[]> {
  const result = await train(reference, engine);
  const finals = Object.entries(result.final).map(([name, values]) => [`final.${name}`, values] as const);
  const produced: Record<string, ArrayLike<number>> = { loss: result.loss, ...Object.fromEntries(finals) };
  if (result.gradientNorm !== undefined) produced.gradient_norm = result.gradientNorm;
  const names = [...reference.tensors.keys()].filter((name) => /^(loss$|gradient_norm$|final\.)/.test(name));
  const first = {
    name: `loss of the first ${FIRST_LOSSES} steps`,
    difference: tensorDifference(
      result.loss.slice(0, FIRST_LOSSES),
      Array.from(engine.expected(reference, "loss")).slice(0, FIRST_LOSSES),
    ),
    allowed: Math.min(engine.allowed(reference, "loss", "loss"), reference.tolerance.loss_first_10 ?? Infinity),
  };
  return [first, ...statesOnTheWay(reference, engine, result), ...compareTensors(reference, engine, names, produced)];
}

/** The states that go on from update to update, where streams do not end. */
function statesOnTheWay<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
  { states }: TrainingResult<A>,
): Comparison[] {
  if (states === undefined) return [];
  const name = "h_after_step";
  const size = reference.values(name).length / states.length;
  const goingOn = states.flatMap((state, index) => (state === undefined ? [] : [{ state, index }]));
  const actual = goingOn.flatMap(({ state }) => Array.from(state));
  // Recorded in float32 alone.
  const expected = goingOn.flatMap(({ index }) =>
    Array.from(reference.values(name).subarray(index * size, (index + 1) * size)),
  );
  return [{ name, difference: tensorDifference(actual, expected), allowed: engine.allowed(reference, name, "value") }];
}

function train<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  if (reference.has("h_after_step")) return streams(reference, engine);
  if (reference.has("decoder_input")) return answers(reference, engine);
  if (reference.has("series")) return slidingWindow(reference, engine);
  if (isOfCharacters(reference)) return characters(reference, engine);
  if (reference.has("x") && reference.has("labels")) return sequences(reference, engine);
  throw new Error(`${reference.id}: no training run is known for this procedure`);
}

function isOfCharacters(reference: ReferenceCase): boolean {
  return reference.has("sequences") && reference.config.vocab !== undefined;
}

function streams<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  const [sets, batch, steps, inputSize] = reference.shape("x");
  return engine.subject.trainStreams({
    ...common(reference, engine),
    ...{ every: reference.number("k1"), window: reference.number("k2"), sets, batch, steps, inputSize },
    x: engine.numbers(reference.values("x")),
    target: engine.numbers(reference.values("y")),
    outputs: reference.shape("y")[3],
  });
}

/** The decoder reads the start token, then the targets: 0 where they are at their end. */
function answers<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  const [updates, batch, steps] = reference.shape("src");
  const [, , answerSteps] = reference.shape("target");
  const [read, target] = ["decoder_input", "target"].map((name) => Array.from(reference.values(name)));
  const [start, ignored] = [read[0], 0];
  const isShifted = read.every((token, at) => token === (at % answerSteps === 0 ? start : target[at - 1]));
  if (!isShifted) throw new Error(`${reference.id}: the decoder reads other tokens than the targets`);
  return engine.subject.trainAnswers({
    ...common(reference, engine),
    ...{ vocabulary: reference.number("vocab"), embeddingSize: reference.number("embed") },
    ...{ updates, batch, steps, answerSteps, start, ignored, target },
    source: Array.from(reference.values("src")),
    lengths: Array.from(reference.values("lengths")),
  });
}

/** With a tensor `context`, the state goes on by one step after each update, and the loss is half the squared error. */
function slidingWindow<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  const window = reference.number("k");
  const hasContext = reference.has("context");
  return engine.subject.trainWindows({
    ...common(reference, engine),
    window,
    series: engine.numbers(reference.values("series").subarray(0, reference.number("steps") + window)),
    carryState: hasContext,
    isHalved: hasContext,
  });
}

function characters<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  const [, batch, length] = reference.shape("sequences");
  const table = "initial.embedding.weight";
  return engine.subject.trainCharacters({
    ...common(reference, engine),
    vocabulary: reference.number("vocab"),
    ...(reference.has(table) ? { embeddingSize: reference.shape(table)[1] } : {}),
    batch,
    steps: length - 1,
    sequences: reference.values("sequences"),
  });
}

/** A single output is a logit; several are classes. */
function sequences<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  const [updates, batch, steps, inputSize] = reference.shape("x");
  const [outputs] = reference.shape("initial.fc.weight");
  return engine.subject.trainSequences({
    ...common(reference, engine),
    ...{ updates, batch, steps, inputSize, outputs },
    isBidirectional: reference.has("initial.rnn.weight_ih_l0_reverse"),
    loss: outputs === 1 ? "binaryCrossEntropy" : "crossEntropy",
    ...(outputs === 1 ? {} : { labelSmoothing: Number(reference.config.label_smoothing ?? 0) }),
    x: engine.numbers(reference.values("x")),
    labels: Array.from(reference.values("labels")),
    ...(reference.has("lengths") ? { lengths: Array.from(reference.values("lengths")) } : {}),
  });
}

/** What all procedures share: the network, its initial weights, the optimizer. */
function common<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>) {
  const initial: Record<string, A> = {};
  for (const name of reference.tensors.keys()) {
    if (name.startsWith("initial.")) initial[name.slice("initial.".length)] = engine.numbers(reference.values(name));
  }
  const { name, ...options } = reference.config.optimizer as { name: string; maximize?: boolean };
  if (options.maximize === true) throw new Error(`${reference.id}: a training goes down the gradient`);
  const rates = ["f64.lr", "lr"].find((tensor) => reference.has(tensor));
  return {
    ...libraryCell(reference),
    units: reference.number("hidden"),
    optimizer: {
      ...optimizerSpec(options, name),
      ...(rates === undefined ? {} : { schedule: { learningRate: Array.from(reference.values(rates)) } }),
    },
    ...clippingOf(reference),
    initial: initial as Named<A>,
  };
}

/**
 * How gradients are clipped, where they are: a number, or one of several numbers about clipping, under whichever key says so.
 * @throws when norms were recorded and no key says what they were clipped to
 */
function clippingOf(reference: ReferenceCase): { clipNorm?: number; clipValue?: number } {
  const given = Object.entries(reference.config).filter(([key]) => /clip|max_?norm/i.test(key));
  const entries = given.flatMap(([key, value]): [string, unknown][] =>
    typeof value === "object" && value !== null ? Object.entries(value) : [[key, value]],
  );
  const numbers = entries.filter(([key, value]) => typeof value === "number" && key !== "norm_type");
  const [isByValue, order] = [
    entries.some(([key]) => key.includes("value")),
    Object.fromEntries(entries).norm_type ?? 2,
  ];
  const isUnclear = numbers.length > 1 || order !== 2 || (numbers.length === 0 && reference.has("gradient_norm"));
  if (isUnclear) throw new Error(`${reference.id}: clipping is not clear from ${JSON.stringify(given)}`);
  if (numbers.length === 0) return {};
  const most = numbers[0][1] as number;
  return isByValue ? { clipValue: most } : { clipNorm: most };
}
