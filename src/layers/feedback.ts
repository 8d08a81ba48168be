import { largestPlace } from "../tensor/largestPlace.js";
import type { Layout } from "../tensor/layout.js";
import type { Rows } from "../tensor/rows.js";
import { randomKey } from "../tensor/seed.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import type { AnswerRows, ChooseTokens } from "./answering.js";
import { forcingRatio, mayForce, type TeacherForcing } from "./forcing.js";
import type { LayerRun, Planner } from "./layer.js";

/** How a network that answers step by step gets the input of each step. */
export interface FeedbackPlan {
  readonly planner: Planner;
  readonly answers: AnswerRows;
  /** Rows of step inputs, in the layout of the answers; a gradient where one may be needed. */
  readonly inputs: Rows;
  /** From those to the answers. */
  readonly network: LayerRun;
  /** What tokens and values differ in: an answer becomes an input as the token chosen by it, or as it is. */
  readonly kind: "tokens" | "values";
  /** Where the input after the first comes from. */
  readonly feedback: "output" | "zeros" | "repeat";
  readonly teacherForcing: TeacherForcing;
  /** Token that ends an answer. */
  readonly stop?: number;
  /** Writes a sequence's first input at an index of float32, by its caller's number. */
  first(sequence: number, to: number): void;
}

/**
 * The way through all answers, and back. Where every step's input is known beforehand, from the targets or because nothing
 * is fed back, all steps are one call. Otherwise the steps follow each other, each fed with its sequence's target or the
 * network's own answer before it. A token that the network chose is a constant; values fed back carry the gradient of the
 * next step's input to this step's output.
 */
export class Feedback {
  /** Answers by rank, that with the stop token included. */
  readonly lengths: Int32Array;
  readonly #plan: FeedbackPlan;
  readonly #forced: Forced;
  /** The token of the last step, by rank. */
  readonly #chosen: Int32Array;
  readonly #writeInputs: (step: number) => void;

  constructor(plan: FeedbackPlan) {
    const { sequences } = plan.answers.layout.capacity;
    this.#plan = plan;
    this.lengths = new Int32Array(sequences);
    this.#chosen = new Int32Array(sequences);
    this.#forced = new Forced(plan);
    this.#writeInputs = inputWriter(plan, this.#forced, this.#chosen);
  }

  /** Takes over the batch, and decides which of its steps are forced. */
  begin(): void {
    const { layout } = this.#plan.answers;
    this.#forced.begin();
    this.lengths.set(layout.lengths);
  }

  /** One step fed with the network's own answer; false when every sequence has met the stop token. */
  step(index: number, choose: ChooseTokens = chooseLikeliest): boolean {
    const { answers, network, kind, stop } = this.#plan;
    this.#writeInputs(index);
    network.forward(index, index + 1);
    if (kind === "tokens") choose(network.output, index, this.#chosen);
    if (stop === undefined || answers.isTaught) return true;
    return countSteps(answers.layout, index, this.#chosen, stop, this.lengths);
  }

  get #takesOwn(): boolean {
    return this.#plan.feedback === "output" && !this.#forced.isAll;
  }

  /** All steps. */
  forward(): void {
    const { answers, network, stop } = this.#plan;
    const { steps } = answers.layout;
    let index = 0;
    const mayEnd = stop !== undefined && !answers.isTaught;
    if (this.#takesOwn || mayEnd) {
      while (index < steps && this.step(index)) index++;
      if (mayEnd) clearBeyond(network.output, this.lengths);
      return;
    }
    for (; index < steps; index++) this.#writeInputs(index);
    network.forward(0, steps);
  }

  /** All steps, from the last to the first. */
  backward(): void {
    const { answers, network, kind } = this.#plan;
    const { steps } = answers.layout;
    const carriesGradient = this.#takesOwn && kind === "values";
    if (!carriesGradient) network.backward(0, steps);
    for (let index = steps - 1; index >= 0 && carriesGradient; index--) {
      network.backward(index, index + 1);
      if (index > 0) feedGradientBack(this.#plan, this.#forced, index);
    }
  }
}

/** Which steps are fed with the target of the step before. */
class Forced {
  /** Whether all are. */
  isAll = false;
  readonly #plan: FeedbackPlan;
  readonly #key: readonly [number, number];
  /** Address of f32 [sequences by rank, steps]: 1 for a forced step; 0: none is drawn. */
  readonly #mask: number;
  #isNone = true;

  constructor(plan: FeedbackPlan) {
    const { planner, answers } = plan;
    this.#plan = plan;
    this.#key = randomKey(planner.draws.seed, `${planner.path}teacherForcing`);
    const { sequences, steps } = answers.layout.capacity;
    this.#mask = planner.training ? planner.region.words(sequences * steps) : 0;
  }

  /** Draws for every sequence and step on its own: neither the order of sequences nor their lengths change anything. */
  begin(): void {
    const { planner, answers, teacherForcing, feedback } = this.#plan;
    const { draws, training } = planner;
    const isOpen = answers.isTaught && feedback === "output";
    const ratio = training ? forcingRatio(teacherForcing, draws.count) : mayForce(teacherForcing) ? 1 : 0;
    this.isAll = isOpen && ratio === 1;
    this.#isNone = !isOpen || ratio === 0;
    if (this.isAll || this.#isNone) return;
    const { layout } = answers;
    for (let rank = 0; rank < layout.sequences; rank++) {
      const [low, high] = this.#key;
      const sequence = layout.order[rank] as number;
      const length = layout.lengths[rank] as number;
      core().fillBernoulli(this.#at(rank, 0), length, ratio, 1, low, high, draws.count, sequence, 0);
    }
  }

  has(rank: number, step: number): boolean {
    return this.isAll || (!this.#isNone && floats[this.#at(rank, step) >> 2] === 1);
  }

  #at(rank: number, step: number): number {
    return this.#mask + 4 * (rank * this.#plan.answers.layout.capacity.steps + step);
  }
}

/** Writes the inputs of a step. */
function inputWriter(plan: FeedbackPlan, forced: Forced, chosen: Int32Array): (step: number) => void {
  const { answers, inputs, network, kind, feedback, first } = plan;
  const { layout, wanted } = answers;
  const { width } = inputs;
  const after = {
    zeros: (to: number) => void floats.fill(0, to, to + width),
    repeat: (to: number, rank: number) => first(layout.order[rank] as number, to),
    output(to: number, rank: number, step: number) {
      const row = layout.firstRow(step - 1) + rank;
      const isForced = forced.has(rank, step);
      if (kind === "tokens" && !isForced) floats[to] = chosen[rank] as number;
      else copyRow(to, isForced ? wanted : network.output, row, width);
    },
  }[feedback];
  return (step) => {
    const start = layout.firstRow(step);
    const count = layout.firstRow(step + 1) - start;
    for (let rank = 0; rank < count; rank++) {
      const to = (inputs.address + (start + rank) * inputs.stride) >> 2;
      if (step === 0) first(layout.order[rank] as number, to);
      else after(to, rank, step);
    }
  };
}

function copyRow(to: number, { address, stride }: Rows, row: number, width: number): void {
  const from = (address + row * stride) >> 2;
  floats.copyWithin(to, from, from + width);
}

/** The place of the largest value of each row of a step; the first of equal ones. */
function chooseLikeliest({ address, stride, width, layout }: Rows, step: number, chosen: Int32Array): void {
  const start = layout.firstRow(step);
  const count = layout.firstRow(step + 1) - start;
  for (let rank = 0; rank < count; rank++) {
    const row = (address + (start + rank) * stride) >> 2;
    chosen[rank] = largestPlace(floats, row, width);
  }
}

/** Ends the sequences that have met the stop token; false when all have. */
function countSteps(layout: Layout, step: number, chosen: Int32Array, stop: number, lengths: Int32Array): boolean {
  let isOpen = false;
  for (let rank = 0; rank < layout.sequences; rank++) {
    if ((lengths[rank] as number) <= step) continue;
    if (chosen[rank] === stop) lengths[rank] = step + 1;
    if ((lengths[rank] as number) > step + 1) isOpen = true;
  }
  return isOpen;
}

/** Answers after a sequence's end are 0. */
function clearBeyond({ address, stride, layout }: Rows, lengths: Int32Array): void {
  for (let rank = 0; rank < layout.sequences; rank++) {
    for (let step = lengths[rank] as number; step < layout.steps; step++) {
      const row = (address + (layout.firstRow(step) + rank) * stride) >> 2;
      floats.fill(0, row, row + (stride >> 2));
    }
  }
}

/** The gradient of the inputs of a step goes to the outputs before it that they were. */
function feedGradientBack({ answers, inputs, network }: FeedbackPlan, forced: Forced, step: number): void {
  const { layout } = answers;
  const start = layout.firstRow(step);
  const before = layout.firstRow(step - 1);
  const count = layout.firstRow(step + 1) - start;
  const { gradient, gradientStride, width } = network.output;
  for (let rank = 0; rank < count; rank++) {
    if (forced.has(rank, step)) continue;
    const from = (inputs.gradient + (start + rank) * inputs.gradientStride) >> 2;
    const to = (gradient + (before + rank) * gradientStride) >> 2;
    for (let index = 0; index < width; index++)
      floats[to + index] = (floats[to + index] as number) + (floats[from + index] as number);
  }
}
