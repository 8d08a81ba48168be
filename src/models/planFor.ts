import { layOut, writeRows } from "../data/batches.js";
import type { GivenStates } from "../data/givenStates.js";
import type { Sequences } from "../data/sequences.js";
import type { KeepGates } from "../layers/keptGates.js";
import { definitionOf } from "../layers/layer.js";
import type { Capacity } from "../tensor/layout.js";
import type { Interior } from "./interior.js";
import type { Plan } from "./plan.js";
import { writeStates } from "./states.js";

/** What a network reads: a dataset has it, and so has what people give to a prediction. */
export interface Readable {
  readonly input: Sequences;
  readonly mask?: Sequences | undefined;
  readonly initialState?: GivenStates | undefined;
}

/** What the answers of a network are to be that gives them at steps of its own: the targets, or so many steps. */
export type Wanted = Sequences | number;

/** The same as the network reads it. @throws ArgumentError, ShapeError when it cannot */
export function asRead(interior: Interior, { input, mask, initialState }: Readable): Readable {
  return { input: interior.read(input), mask, initialState };
}

/**
 * The plan for some examples, laid out and filled; `run.begin()` done, the states as given, learned or 0.
 * @param readable input and what was said about it, as the network reads them
 * @param wanted left out, a network that answers at steps of its own gives as many as its configuration says
 */
export function planFor(
  interior: Interior,
  { input, mask, initialState }: Readable,
  examples: Int32Array,
  training: boolean,
  keepGates?: KeepGates,
  wanted?: Wanted,
): Plan {
  const { layer, output } = interior;
  // Asked of the few that can say yes: an update of a small network takes two microseconds.
  const answering = output.hasOwnSteps ? definitionOf(layer).answers?.(layer.config) : undefined;
  const answers = answering && (wanted ?? answering.steps);
  const needed = sizes(input, examples);
  const plan = interior.plan(
    training,
    answers === undefined ? needed : { ...needed, answers: sizes(answers, examples) },
    mask !== undefined,
    keepGates,
  );
  layOut(plan.layout, input, examples, mask);
  if (answers !== undefined) layOutAnswers(plan, answers, examples, answering?.readsTargets);
  plan.refresh();
  plan.run.begin();
  if (initialState !== undefined) writeStates(plan.run.states, initialState, examples, "initial");
  writeRows(plan.input, input, examples);
  return plan;
}

/** What some examples need. */
function sizes(given: Wanted, examples: Int32Array): Capacity {
  if (typeof given === "number") return { sequences: examples.length, steps: given, rows: given * examples.length };
  let [steps, rows] = [0, 0];
  for (let index = 0; index < examples.length; index++) {
    const length = given.lengths[examples[index] as number] as number;
    if (length > steps) steps = length;
    rows += length;
  }
  return { sequences: examples.length, steps, rows };
}

/** The layout of the answers, and the targets where there are some. */
function layOutAnswers({ answers }: Plan, wanted: Wanted, examples: Int32Array, readsTargets = false): void {
  if (answers === undefined) return;
  answers.isTaught = typeof wanted !== "number";
  if (typeof wanted === "number") {
    answers.layout.assignEqual(examples.length, wanted);
    return;
  }
  layOut(answers.layout, wanted, examples);
  if (readsTargets) writeRows(answers.wanted, wanted, examples);
}
