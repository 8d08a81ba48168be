import { layOut, writeRows } from "../data/batches.js";
import { type SamplingOptions, samplingOptionNames } from "../decoding/sampling.js";
import { ArgumentError, StateError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { requireFlag, requireKnownOptions } from "../shape.js";
import { type Nested, Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { disposeWith, forget, Region } from "../wasm/region.js";
import { attentionRows } from "./attendedRows.js";
import { doorOf, type Interior } from "./interior.js";
import type { Model } from "./model.js";
import { Plan } from "./plan.js";
import type { Readable } from "./planFor.js";
import { batchOfOne, enter, requireAnswerSteps } from "./predict.js";
import { askedSampling, requireTokens, type Sampler, sampler } from "./sampler.js";

/** How answers are streamed: greedily, or by draws where an option of `SamplingOptions` is there. */
export interface GenerateOptions extends SamplingOptions {
  /** How bold draws are (`SamplingOptions`). Default: 1 where `topK`, `topP` or a `seed` is given, else 0, greedy. */
  readonly temperature?: number;
  /** Most steps; default what the specification says. */
  readonly steps?: number;
  /** Whether each step comes with its attention weights; default false. */
  readonly attention?: boolean;
}

/** One step of an answer. */
export interface Answer {
  /** As `predict` gives it, [width]: scores of the tokens, or values. */
  readonly output: Tensor;
  /** The token chosen, where the network answers in tokens: the likeliest, or one drawn. The stop token comes last. */
  readonly token?: number;
  /** How much the step looked at each step of the input: [time]. Where it was asked for. */
  readonly attention?: Tensor;
}

/**
 * An answer step by step, each computed when it is asked for: of a network that answers at steps of its own, fed with its own
 * answers. Greedy steps are those of `predict`, bit by bit, drawn ones those of `decode` of this sequence alone. It ends after the
 * stop token, or after `steps`; leaving it early (`break`) gives its memory back. Predictions, and other such iterators, may
 * run in between; training may not.
 *
 * @param input one sequence, as for `predict`
 * @example
 * for (const { token = 0 } of generate(translator, words.encode("guten Morgen"))) write(letters.decode([token]));
 * for (const { token = 0 } of generate(poet, [0], { temperature: 0.8, seed: 7 })) write(letters.decode([token]));
 * @throws ArgumentError when the network answers at the steps of its input, attention is asked of one that has none, an option
 *   of draws is out of range or is asked of one that answers values; at a step, when a logit of a draw is not finite
 * @throws ShapeError, ArgumentError when the input does not fit; StateError, at a step, when the model was disposed or its
 *   weights have changed since the first
 */
export function generate(model: Model, input: Nested | Tensor, options: GenerateOptions = {}): Generator<Answer, void> {
  const door = doorOf(model);
  requireKnownOptions("generate", options, ["steps", "attention", ...samplingOptionNames]);
  const { specification } = model;
  const { answers, reads, describe } = definitionOf(specification);
  if (answers === undefined)
    throw new ArgumentError(
      `generate streams the answers of networks that have steps of their own, such as encoderDecoder: ${describe(specification.config)} answers at those of its input. Use a session.`,
    );
  const isAttended = requireFlag("attention of generate", options.attention ?? false);
  const { kind, steps } = answers(specification.config);
  const most = requireAnswerSteps("generate", specification, options.steps) ?? steps;
  const sampling = askedSampling("generate", options);
  if (sampling !== undefined) requireTokens("a draw of generate", specification);
  const chosen = kind === "tokens" ? sampler("generate", sampling, [0]) : undefined;
  const one = batchOfOne(input, reads?.(specification.config));
  const { interior, given } = enter(door, "generate", one, {});
  return stream(interior, given, { most, chosen, isAttended });
}

/** What an answer is to be. */
interface Way {
  /** Most steps. */
  readonly most: number;
  /** The tokens chosen, where the network answers in tokens. */
  readonly chosen: Sampler | undefined;
  readonly isAttended: boolean;
}

/** Has a plan of its own, which lives from the first step to the last. */
function* stream(interior: Interior, given: Readable, way: Way): Generator<Answer, void> {
  requireLife(interior);
  const { version } = interior.parameters;
  const region = new Region(interior.region);
  try {
    const plan = planOne(interior, given, way.most, region);
    // An iterator that nobody pulls to its end is dropped together with its plan.
    disposeWith(plan, region);
    for (let step = 0; ; step++) {
      const goesOn = plan.run.answers?.step(step, way.chosen?.choose) === true && step + 1 < way.most;
      yield answerOf(interior.layer, plan, step, way);
      if (!goesOn) return;
      requireLife(interior);
      if (interior.parameters.version !== version)
        throw new StateError("the model's weights have changed since this answer began. Begin a new one.");
    }
  } finally {
    forget(region);
    region.dispose();
  }
}

function requireLife({ region }: Interior): void {
  if (region.isDisposed)
    throw new StateError(
      "this answer belongs to a model that was disposed. Load the model again, and begin a new one.",
    );
}

/** The plan for one sequence, which is read. */
function planOne({ layer, inputSize, parameters, draws }: Interior, { input }: Readable, most: number, region: Region) {
  const length = input.lengths[0] as number;
  const [steps, examples] = [Math.max(1, length), new Int32Array(1)];
  const answers = { sequences: 1, steps: most, rows: most };
  const capacity = { sequences: 1, steps, rows: steps, answers };
  const plan = new Plan(layer, inputSize, parameters, false, capacity, region, draws);
  layOut(plan.layout, input, examples);
  plan.answers?.layout.assignEqual(1, most);
  plan.refresh();
  plan.run.begin();
  writeRows(plan.input, input, examples);
  plan.run.answers?.read();
  return plan;
}

function answerOf(layer: Layer, plan: Plan, step: number, { chosen, isAttended }: Way): Answer {
  const { address, stride, width } = plan.run.output;
  const { steps } = plan.layout;
  const from = (address + step * stride) >> 2;
  return {
    output: new Tensor(floats.slice(from, from + width), [width]),
    ...(chosen && { token: chosen.tokens[0]?.[step] as number }),
    ...(isAttended && { attention: new Tensor(attentionRows(plan, layer, [0], steps, step).data, [steps]) }),
  };
}
