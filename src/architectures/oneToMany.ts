import { stepInput } from "../data/stepInput.js";
import { tokenInput } from "../data/tokenInput.js";
import { ArgumentError } from "../errors.js";
import type { AnswerRun } from "../layers/answering.js";
import { dense } from "../layers/dense.js";
import { Feedback } from "../layers/feedback.js";
import { mayForce, mayStopForcing, requireForcing, type TeacherForcing } from "../layers/forcing.js";
import { type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "../layers/layer.js";
import { newRows } from "../layers/moveRows.js";
import { type SequentialConfig, sequential, sequentialDefinition } from "../layers/sequential.js";
import { requireInteger, requireKnownOptions, requireOneOf } from "../shape.js";
import type { Layout } from "../tensor/layout.js";
import type { Rows } from "../tensor/rows.js";
import { floats } from "../wasm/memory.js";
import { requireAnswers } from "./answerRoom.js";
import { requireTargets } from "./requireTargets.js";
import { checkStack, inputWidth, lastDropout, recurrentStack, type StackOptions, stackOptionNames } from "./stack.js";

/** Configuration of a one-to-many network. */
export interface OneToManyOptions extends Omit<StackOptions, "bidirectional"> {
  /** Outputs of the dense layer at every step; of a network that answers tokens its vocabulary, and left out. */
  readonly outputSize?: number;
  /** Steps of a prediction, where nothing else is said. */
  readonly steps: number;
  /** What is read after the first step: the `"output"` before it (default), `"zeros"`, or the input again, `"repeat"`. */
  readonly feedback?: "output" | "zeros" | "repeat";
  /** Share of the steps that training feeds with the target before them rather than the output; default 1. */
  readonly teacherForcing?: TeacherForcing;
  /** Token that ends an answer; default none. */
  readonly stop?: number;
}

const OWN_NAMES = ["outputSize", "steps", "feedback", "teacherForcing", "stop"] as const;

/** One input in, a sequence out. */
export const oneToManyDefinition: LayerDefinition<OneToManyOptions> = {
  type: "oneToMany",
  inputSize: inputWidth,
  reads: ({ vocabularySize }) => (vocabularySize === undefined ? stepInput : tokenInput(vocabularySize, true)),
  answers: (config) => ({
    kind: kindOf(config),
    steps: config.steps,
    readsTargets: (config.feedback ?? "output") === "output" && mayForce(config.teacherForcing ?? 1),
    ...(config.stop !== undefined && { stop: config.stop }),
  }),
  requireTargets,
  output: (config, input) => ({ ...sequentialDefinition.output(expand(config).config, input), hasOwnSteps: true }),
  parameters: () => [],
  children: (config, input) =>
    (sequentialDefinition.children?.(expand(config).config, input) ?? []).map((child) => ({
      ...child,
      isAnswering: true,
    })),
  plan: (config, input, planner) => new OneToManyRun(config, input, planner),
  make: (config) => oneToMany(config),
  describe: ({ cell, units }) => `oneToMany(${cell} ${units})`,
  drawing(config, input) {
    const layers = sequentialDefinition.children?.(expand(config).config, input) ?? [];
    return { kind: "phases", phases: [{ title: "", layers, input: config.feedback ?? "output", answers: true }] };
  },
};

function kindOf({ vocabularySize }: OneToManyOptions): "tokens" | "values" {
  return vocabularySize === undefined ? "values" : "tokens";
}

function expand(config: OneToManyOptions): Layer<SequentialConfig> {
  const outputs = config.outputSize ?? (config.vocabularySize as number);
  return sequential(...recurrentStack(config), ...lastDropout(config), dense(outputs, { name: "head" }));
}

/**
 * One input in, a sequence out: [batch, inputSize], or one token [batch], gives [batch, steps, outputSize]. The first step
 * reads the input, each later one the output before it, zeros, or the input again. In training the targets tell the number
 * of steps, and `teacherForcing` how often a step reads the target before it.
 *
 * @example
 * const melody = new Model(oneToMany({ cell: "gru", vocabularySize: 88, units: 64, steps: 32 }));
 * const decay = new Model(oneToMany({ cell: "lstm", inputSize: 3, units: 16, outputSize: 1, steps: 20, feedback: "repeat" }));
 * @throws ArgumentError when an option is missing, unknown or out of range
 */
export function oneToMany(options: OneToManyOptions): Layer<OneToManyOptions> {
  if ((options as StackOptions | undefined)?.bidirectional !== undefined)
    throw new ArgumentError("oneToMany cannot be bidirectional: at a step, the outputs after it are not there yet.");
  requireKnownOptions("oneToMany", options, [...stackOptionNames, ...OWN_NAMES]);
  checkStack("oneToMany", options);
  requireInteger("steps of oneToMany", options.steps);
  checkFeedback(options);
  oneToManyDefinition.output(options, { width: inputWidth(options), each: "step" });
  return specify(oneToManyDefinition, { ...options });
}

function checkFeedback(options: OneToManyOptions): void {
  const { feedback = "output", inputSize, vocabularySize, outputSize = vocabularySize, teacherForcing, stop } = options;
  requireOneOf("feedback of oneToMany", feedback, ["output", "zeros", "repeat"]);
  requireInteger("outputSize of oneToMany", outputSize, 1, 65536);
  const read = vocabularySize ?? inputSize;
  if (feedback === "output" && outputSize !== read)
    throw new ArgumentError(
      `feedback: "output" reads outputs as inputs: outputSize must be ${read} like the input, received ${outputSize}. Or take "zeros" or "repeat".`,
    );
  if (feedback === "zeros" && vocabularySize !== undefined)
    throw new ArgumentError('feedback: "zeros" is no token: take "output" or "repeat" where tokens are read.');
  if (teacherForcing !== undefined && feedback !== "output")
    throw new ArgumentError(
      `teacherForcing of oneToMany takes the place of fed back outputs: feedback is "${feedback}".`,
    );
  requireForcing("oneToMany", teacherForcing ?? 1);
  if (stop === undefined) return;
  if (vocabularySize === undefined)
    throw new ArgumentError("stop of oneToMany is a token: give vocabularySize, not inputSize.");
  requireInteger("stop of oneToMany", stop, 0, (outputSize as number) - 1);
}

/** Recurrent layers and a head, whose answers are fed back. */
class OneToManyRun implements LayerRun {
  readonly output: Rows;
  readonly states: LayerRun["states"];
  readonly answers: AnswerRun;
  readonly #layout: Layout;
  readonly #network: LayerRun;
  readonly #feedback: Feedback;

  constructor(config: OneToManyOptions, input: Rows, planner: Planner) {
    const { feedback = "output", teacherForcing = 1, stop } = config;
    const answers = requireAnswers(planner);
    const kind = kindOf(config);
    const isFed = planner.training && kind === "values" && feedback === "output" && mayStopForcing(teacherForcing);
    const inputs = newRows(planner.region, answers.layout, input.width, isFed);
    const network = sequentialDefinition.plan(expand(config).config, inputs, planner);
    const first = (sequence: number, to: number) => {
      // One step a sequence, all alike: they keep the caller's order.
      const from = (input.address + sequence * input.stride) >> 2;
      floats.copyWithin(to, from, from + input.width);
    };
    const told = stop === undefined ? {} : { stop };
    const plan = { planner, answers, inputs, network, kind, feedback, teacherForcing, first, ...told };
    this.#layout = answers.layout;
    this.#network = network;
    this.#feedback = new Feedback(plan);
    this.output = network.output;
    this.states = network.states;
    const { lengths } = this.#feedback;
    const { states } = network;
    this.answers = { read() {}, step: (index, choose) => this.#feedback.step(index, choose), states, lengths };
  }

  pack(): void {
    this.#network.pack();
  }

  begin(): void {
    this.#network.begin();
    this.#feedback.begin();
  }

  forward(): void {
    this.#feedback.forward();
  }

  backward(): void {
    this.#feedback.backward();
  }

  gradients(): void {
    this.#network.gradients(0, this.#layout.steps);
  }
}
