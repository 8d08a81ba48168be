import { layOut, writeRows } from "../data/batches.js";
import { ArgumentError, StateError } from "../errors.js";
import { definitionOf, type Layer } from "../layers/layer.js";
import { requireKnownOptions } from "../shape.js";
import { type Nested, Tensor } from "../tensor/tensor.js";
import { floats } from "../wasm/memory.js";
import { disposeWith, forget, Region } from "../wasm/region.js";
import { attentionOf, attentionRows, largest } from "./decode.js";
import { doorOf, type Interior } from "./interior.js";
import type { Model } from "./model.js";
import { Plan } from "./plan.js";
import type { Readable } from "./planFor.js";
import { batchOfOne, enter, requireAnswerSteps } from "./predict.js";

/** How answers are streamed. */
export interface GenerateOptions {
  /** Most steps; default what the specification says. */
  readonly steps?: number;
  /** Whether each step comes with its attention weights; default false. */
  readonly attention?: boolean;
}

/** One step of an answer. */
export interface Answer {
  /** As `predict` gives it, [width]: scores of the tokens, or values. */
  readonly output: Tensor;
  /** The likeliest token, where the network answers in tokens; the stop token comes last. */
  readonly token?: number;
  /** How much the step looked at each step of the input: [time]. Where it was asked for. */
  readonly attention?: Tensor;
}

/**
 * An answer step by step, each computed when it is asked for: of a network that answers at steps of its own, fed with its own
 * answers. The steps are those of `predict`, bit by bit. It ends after the stop token, or after `steps`; leaving it early
 * (`break`) gives its memory back. Predictions, and other such iterators, may run in between; training may not.
 *
 * @param input one sequence, as for `predict`
 * @example
 * for (const { token } of generate(translator, words.encode("guten Morgen"))) write(letters.decode([token]));
 * @throws ArgumentError when the network answers at the steps of its input, or attention is asked of one that has none
 * @throws ShapeError, ArgumentError when the input does not fit; StateError, at a step, when the model was disposed or its
 *   weights have changed since the first
 */
export function generate(model: Model, input: Nested | Tensor, options: GenerateOptions = {}): Generator<Answer, void> {
  const door = doorOf(model);
  requireKnownOptions("generate", options, ["steps", "attention"]);
  const { specification } = model;
  const { answers, reads, describe } = definitionOf(specification);
  if (answers === undefined)
    throw new ArgumentError(
      `generate streams the answers of networks that have steps of their own, such as encoderDecoder: ${describe(specification.config)} answers at those of its input. Use a session.`,
    );
  const most = requireAnswerSteps("generate", specification, options.steps) ?? answers(specification.config).steps;
  const one = batchOfOne(input, reads?.(specification.config));
  const { interior, given } = enter(door, "generate", one, {});
  return stream(interior, given, most, options.attention ?? false);
}

/** Has a plan of its own, which lives from the first step to the last. */
function* stream(interior: Interior, given: Readable, most: number, isAttended: boolean): Generator<Answer, void> {
  requireLife(interior);
  const { version } = interior.parameters;
  const region = new Region(interior.region);
  try {
    const plan = planOne(interior, given, most, region);
    // An iterator that nobody pulls to its end is dropped together with its plan.
    disposeWith(plan, region);
    for (let step = 0; ; step++) {
      const goesOn = plan.run.answers?.step(step) === true && step + 1 < most;
      yield answerOf(interior.layer, plan, step, isAttended);
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

function answerOf(layer: Layer, plan: Plan, step: number, isAttended: boolean): Answer {
  const { address, stride, width } = plan.run.output;
  const from = (address + step * stride) >> 2;
  const isToken = definitionOf(layer).answers?.(layer.config).kind === "tokens";
  return {
    output: new Tensor(floats.slice(from, from + width), [width]),
    ...(isToken && { token: largest(from, width) }),
    ...(isAttended && { attention: attentionAt(layer, plan, step) }),
  };
}

function attentionAt(layer: Layer, plan: Plan, step: number): Tensor {
  const { steps } = plan.layout;
  const rows = attentionRows(plan, attentionOf(plan, layer), 0, step + 1, steps).data;
  return new Tensor(rows.slice(step * steps), [steps]);
}
