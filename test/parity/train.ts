import { type Comparison, tensorDifference } from "../support/compare.js";
import type { ReferenceCase } from "../support/fixtures.js";
import type { Named, Numbers, TrainingResult } from "../support/subjectContract.js";
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
  return [first, ...compareTensors(reference, engine, names, produced)];
}

function train<A extends Numbers>(
  reference: ReferenceCase,
  engine: Engine<A>,
): TrainingResult<A> | Promise<TrainingResult<A>> {
  if (reference.has("series")) return slidingWindow(reference, engine);
  if (reference.has("sequences") && reference.config.vocab !== undefined) return characters(reference, engine);
  throw new Error(`${reference.id}: no training run is known for this procedure`);
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
  if (reference.has("initial.embedding.weight")) throw new Error(`${reference.id} begins with an embedding`);
  const [, batch, length] = reference.shape("sequences");
  const clipNorm = ["max_norm", "clip_norm", "clip"]
    .map((key) => reference.config[key])
    .find((value) => value !== undefined);
  return engine.subject.trainCharacters({
    ...common(reference, engine),
    vocabulary: reference.number("vocab"),
    batch,
    steps: length - 1,
    sequences: reference.values("sequences"),
    ...(typeof clipNorm === "number" ? { clipNorm } : {}),
  });
}

/** What both procedures share: the network, its initial weights, the optimizer. */
function common<A extends Numbers>(reference: ReferenceCase, engine: Engine<A>) {
  const initial: Record<string, A> = {};
  for (const name of reference.tensors.keys()) {
    if (name.startsWith("initial.")) initial[name.slice("initial.".length)] = engine.numbers(reference.values(name));
  }
  const { name, ...options } = reference.config.optimizer as { name: string };
  const rates = reference.has("lr") ? { schedule: { learningRate: Array.from(reference.values("lr")) } } : {};
  return {
    ...libraryCell(reference),
    units: reference.number("hidden"),
    optimizer: { ...optimizerSpec(options, name), ...rates },
    initial: initial as Named<A>,
  };
}
