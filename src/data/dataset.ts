import { ArgumentError, ShapeError } from "../errors.js";
import { describe, requireInteger, requireKnownOptions } from "../shape.js";
import type { GivenStates, StatesLike } from "./givenStates.js";
import { readInput } from "./readInput.js";
import { type Sequences, type SequencesLike, sequences } from "./sequences.js";
import { weightsOf } from "./weights.js";

/** Examples to learn from, in any form people have them. */
export interface Data {
  /** [batch, time, D], or a list of [time, D] of any lengths. */
  readonly input: SequencesLike;
  /** [batch, O] or [batch] for one output a sequence; [batch, time, O], [batch, time] or a list for one a step. */
  readonly target: SequencesLike;
  /** Valid steps of each sequence where the input is padded. */
  readonly lengths?: ArrayLike<number>;
  /**
   * [batch, time] of 1 and 0: a masked step (0) keeps the state of every recurrent layer, repeats its output, is left out of
   * `mean` and `max`, and has no part in the loss. Not together with lengths.
   */
  readonly mask?: SequencesLike;
  /** How much each sequence [batch], or each step [batch, time], counts in the loss; default 1. */
  readonly weights?: SequencesLike;
  /** States that the recurrent layers begin with, by path: `{ rnn: { h: [batch, units], c: [batch, units] } }`. */
  readonly initialState?: StatesLike;
}

/** What examples may have beside input and target, checked. */
export interface Extras {
  /** 1 or 0 for each step of the input: width 1, the input's lengths. */
  readonly mask?: Sequences | undefined;
  /** One value a sequence (axes 0) or a step (axes 1), of width 1. */
  readonly weights?: Sequences | undefined;
  readonly initialState?: GivenStates | undefined;
}

/** Examples checked once: as many targets as inputs, all finite. */
export class Dataset {
  /** Features of each step, [time, features]; token numbers are one feature. */
  readonly input: Sequences;
  /** As many as inputs: for each step, for each sequence, or with lengths of their own. */
  readonly target: Sequences;
  /** 1 where a step counts, 0 where it is passed over, [time]; undefined where all count. */
  readonly mask: Sequences | undefined;
  /** How much a step or a sequence counts in the loss; undefined where all count the same. */
  readonly weights: Sequences | undefined;
  /** What the recurrent layers begin each sequence with; undefined for zeros or learned values. */
  readonly initialState: GivenStates | undefined;

  constructor(input: Sequences, target: Sequences, { mask, weights, initialState }: Extras = {}) {
    this.input = input;
    this.target = target;
    this.mask = mask;
    this.weights = weights;
    this.initialState = initialState;
  }

  /** Number of examples. */
  get count(): number {
    return this.input.count;
  }

  /**
   * The examples in [from, to), in order: a split that respects time.
   * @param to beyond the last example is as good as at it
   * @throws ArgumentError when these are not whole numbers, or `from` is behind `to`
   */
  slice(from: number, to: number): Dataset {
    const end = requireInteger("to of slice", Math.min(to, this.count), 0, this.count);
    requireInteger("from of slice", from, 0, end);
    return new Dataset(this.input.slice(from, end), this.target.slice(from, end), {
      mask: this.mask?.slice(from, end),
      weights: this.weights?.slice(from, end),
      initialState: this.initialState?.slice(from, end),
    });
  }
}

/**
 * Checks examples.
 * @param which "validation " for examples that are that, in messages
 * @throws ShapeError when inputs, targets, mask, weights or states do not match
 * @throws ArgumentError when there are none, a value is not finite, or a mask has other values than 0 and 1
 */
export function dataset(data: Data | Dataset, which = ""): Dataset {
  if (data instanceof Dataset) {
    requireExamples(data.count, which);
    return data;
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new ArgumentError(`${which}data must be { input, target }, received ${describe(data)}.`);
  }
  requireKnownOptions(`${which}data`, data, ["input", "target", "lengths", "mask", "weights", "initialState"]);
  const { input, mask, initialState } = readInput(data.input, data, `${which}input`);
  const target = sequences(`${which}target`, data.target);
  requireExamples(input.count, which);
  if (input.count !== target.count) {
    const cure = target.count === 1 ? " One sequence is a batch of one: [sequence]." : "";
    throw new ShapeError(`${which}data has ${input.count} inputs but ${target.count} targets.${cure}`);
  }
  const weights = data.weights === undefined ? undefined : weightsOf(data.weights, input.count);
  return new Dataset(input, target, { mask, weights, initialState });
}

function requireExamples(count: number, which: string): void {
  if (count === 0) throw new ArgumentError(`${which}data has no examples.`);
}
