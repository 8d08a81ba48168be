import type { Batch } from "../data/batches.js";
import { writeRows } from "../data/batches.js";
import type { Sequences } from "../data/sequences.js";
import type { Draws } from "../layers/layer.js";
import { newRows } from "../layers/moveRows.js";
import type { Interior } from "../models/interior.js";
import { Plan } from "../models/plan.js";
import { writeStates } from "../models/states.js";
import { Layout } from "../tensor/layout.js";
import type { Rows, StateRows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats } from "../wasm/memory.js";
import { disposeWith, forget, Region } from "../wasm/region.js";
import type { Judged } from "./lossRoom.js";
import type { Objective } from "./objective.js";
import { TruncatedRows } from "./truncatedRows.js";
import type { Truncation } from "./truncation.js";
import { truncatedWork, type Work } from "./work.js";

/**
 * The window of truncated back-propagation over a batch of sequences (`truncated`): memory of k2 steps that moves along them.
 * An update is `forward`, `loss`, `backward`, and after the optimizer's `moveOn`; what went wrong between is undone by `undo`.
 *
 *   held: 0 … m − 1, computed before │ new: m … m + k1 − 1 │        m + k1 ≤ k2
 *
 * The plan is the trainer's own: nothing else that is done with the model touches what it holds.
 */
export class TruncatedWindow {
  readonly plan: Plan;
  /** The rows of the new steps alone, in front of a loss. */
  readonly #fresh: Judged;
  readonly #interior: Interior;
  readonly #every: number;
  readonly #window: number;
  /** The noise of the present sequences is that of one batch, whatever else is trained meanwhile. */
  readonly #draws: Draws;
  readonly #rows: TruncatedRows;
  readonly #region: Region;
  #batch: Batch | undefined;
  /** The batch's inputs as the network reads them. */
  #input: Sequences | undefined;
  #steps = 0;
  #longest = 0;

  /** @param lengths of all sequences there are, as the network reads them */
  constructor(
    { every, window }: Pick<Truncation, "every" | "window">,
    interior: Interior,
    batchSize: number,
    lengths: ArrayLike<number>,
  ) {
    const { layer, inputSize, parameters } = interior;
    const sequences = Math.min(batchSize, lengths.length);
    const steps = Math.max(1, Math.min(window, longestOf(lengths)));
    this.#interior = interior;
    this.#every = every;
    this.#window = window;
    this.#draws = { ...interior.draws };
    this.#region = new Region(interior.region);
    disposeWith(this, this.#region);
    try {
      const capacity = { sequences, steps, rows: sequences * steps };
      this.plan = new Plan(layer, inputSize, parameters, true, capacity, this.#region, this.#draws);
      this.#fresh = judged(this.plan, Math.min(every, steps), this.#region);
      this.#rows = new TruncatedRows(this.plan, this.#region, steps > every);
    } catch (error) {
      this.#region.dispose();
      throw error;
    }
  }

  /** Steps of the present sequences that are done; 0 between two batches. */
  get steps(): number {
    return this.#steps;
  }

  /** Which batch's noise the present sequences have. */
  get draws(): number {
    return this.#draws.count;
  }

  /** The new steps' share of all steps of the batch: 1 where they are all. */
  get share(): number {
    const { offset, steps } = this.#fresh.layout;
    return this.#part(offset + steps) - (offset === 0 ? 0 : this.#part(offset));
  }

  /** The share of the batch that is done. */
  get done(): number {
    return this.#steps === 0 ? 0 : this.#part(this.#steps);
  }

  #part(steps: number): number {
    const { examples } = this.#batch as Batch;
    const { lengths } = this.#input as Sequences;
    if (steps >= this.#longest) return 1;
    let [seen, all] = [0, 0];
    for (let index = 0; index < examples.length; index++) {
      const length = lengths[examples[index] as number] as number;
      seen += Math.min(length, steps);
      all += length;
    }
    return seen / all;
  }

  /** The next steps of a batch's sequences: its first ones, or those after the ones that are done. */
  forward(batch: Batch): void {
    if (this.#steps === 0) this.#open(batch, this.#interior.draws.count);
    const { plan } = this;
    const { layout, run } = plan;
    const to = Math.min(this.#steps + this.#every, this.#longest);
    const held = this.#steps - layout.offset;
    layout.show(layout.offset, to);
    this.#fresh.layout.show(this.#steps, to);
    this.#rows.clear(layout.firstRow(held));
    plan.refresh();
    writeRows(plan.input, this.#input as Sequences, batch.examples, held);
    run.forward(held, layout.steps);
  }

  #open(batch: Batch, draws: number): void {
    const { layout, run } = this.plan;
    const { data, examples } = batch;
    const input = this.#interior.read(data.input);
    this.#batch = batch;
    this.#input = input;
    this.#draws.count = draws;
    this.#longest = layout.open(input.lengths, examples);
    layout.show(0, 0);
    this.#fresh.layout.open(input.lengths, examples);
    run.begin();
    if (data.initialState !== undefined) writeStates(run.states, data.initialState, examples, "initial");
  }

  /** The loss of the new steps. */
  loss(objective: Objective): number {
    const { output } = this.plan.run;
    const { run, layout } = this.#fresh;
    const from = output.address + this.#heldRows * output.stride;
    core().copyRows(run.output.address, run.output.stride, from, output.stride, layout.rows, 4 * output.width);
    return objective.loss(this.#fresh, (this.#batch as Batch).examples);
  }

  /** Rows of the steps held from before. */
  get #heldRows(): number {
    return this.plan.layout.rows - this.#fresh.layout.rows;
  }

  /** From the new steps' errors back through the whole window: adds the gradients. */
  backward(): void {
    const { layout, run } = this.plan;
    const { output, states } = run;
    if (this.#heldRows > 0 || this.#staying > 0) this.#rows.copy();
    if (output.gradient !== 0) this.#bringErrors(output);
    for (const state of states) clearGradients(state);
    run.backward(0, layout.steps);
    // What goes back beyond the window is cut off, and does not reach the states that the sequences began with.
    if (layout.offset > 0) for (const state of states) clearGradients(state);
    run.gradients(0, layout.steps);
    if (this.#steps === 0) this.#interior.draws.count++;
  }

  /** The errors of the new steps; those of the steps before had their turn. */
  #bringErrors({ gradient, gradientStride, width }: Rows): void {
    const { run, layout } = this.#fresh;
    const { gradient: from, gradientStride: stride } = run.output;
    const at = gradient + this.#heldRows * gradientStride;
    floats.fill(0, gradient >> 2, at >> 2);
    core().copyRows(at, gradientStride, from, stride, layout.rows, 4 * width);
  }

  /** Steps that the next window takes along: as many before its new ones, should these be the sequences' last few. */
  get #staying(): number {
    return Math.min(this.plan.layout.steps, this.#window - this.#every);
  }

  /** Gives back what the way back has written over, and forgets the new steps: as if there had been no update. */
  undo(): void {
    const { layout } = this.plan;
    this.#rows.restore();
    layout.show(layout.offset, this.#steps);
  }

  /** Makes ready for the next steps. @returns whether the sequences have come to their end */
  moveOn(): boolean {
    const { layout } = this.plan;
    this.#steps = layout.offset + layout.steps;
    if (this.#steps >= this.#longest) {
      this.#steps = 0;
      return true;
    }
    this.#rows.slide(layout.steps - this.#staying);
    return false;
  }

  /** Multiply-adds of the update that was just made. */
  work(work: Work): number {
    return truncatedWork(work, this.#fresh, this.plan);
  }

  /** Everything that the next update reads of the steps before: states at the window's beginning, then the rows held. */
  get rows(): readonly Float32Array[] {
    return this.#rows.places().map(([address, words]) => floats.slice(address >> 2, (address >> 2) + words));
  }

  /**
   * Brings the window to where another stood.
   * @param read gives the numbers that were kept as the n-th of `rows`
   * @returns whether the batch has so many steps and more
   */
  resume(batch: Batch, steps: number, draws: number, read: (index: number, words: number) => Float32Array): boolean {
    this.#open(batch, draws);
    if (steps >= this.#longest) return false;
    const held = Math.min(steps, this.#window - this.#every);
    this.#steps = steps;
    this.plan.layout.show(steps - held, steps);
    this.#rows.places().forEach(([address, words], index) => void floats.set(read(index, words), address >> 2));
    return true;
  }

  dispose(): void {
    forget(this.#region);
    this.#region.dispose();
  }
}

function longestOf(lengths: ArrayLike<number>): number {
  let most = 0;
  for (let index = 0; index < lengths.length; index++) most = Math.max(most, lengths[index] as number);
  return most;
}

function clearGradients(state: StateRows): void {
  const { sequences } = state.layout;
  floats.fill(0, state.gradient(0) >> 2, (state.gradient(0) + sequences * state.stride) >> 2);
}

/** Room for the outputs of `steps` steps and their gradients. */
function judged({ capacity: { sequences }, run }: Plan, steps: number, region: Region): Judged {
  const capacity = { sequences, steps, rows: sequences * steps };
  const layout = new Layout(capacity, region);
  const output: Rows = newRows(region, layout, run.output.width, true);
  return { capacity, layout, region, run: { output } };
}
