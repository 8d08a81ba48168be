import { type GivenStates, givenStates, type StatesLike } from "./givenStates.js";
import { maskOf } from "./mask.js";
import { perStep, type Sequences, type SequencesLike, sequences } from "./sequences.js";

/** What people may say about an input. */
export interface InputOptions {
  /** Valid steps of each sequence where the input is padded. */
  readonly lengths?: ArrayLike<number>;
  /** [batch, time] of 1 and 0: a step with 0 is passed over, as `Data` says. Not together with lengths. */
  readonly mask?: SequencesLike;
  /** States to begin with, by layer path: `{ rnn: { h: [batch, units] } }`; those left out are zero or learned. */
  readonly initialState?: StatesLike;
}

/** An input and what was said about it, checked. */
export interface ReadInput {
  readonly input: Sequences;
  readonly mask: Sequences | undefined;
  readonly initialState: GivenStates | undefined;
}

/**
 * Reads an input and what was said about it.
 * @param owner for messages
 * @throws ShapeError, ArgumentError when they do not fit each other
 */
export function readInput(
  input: SequencesLike,
  { lengths, mask, initialState }: InputOptions,
  owner = "input",
): ReadInput {
  const given = sequences(owner, input, lengths);
  const read = mask === undefined ? given : perStep(given);
  return {
    input: read,
    mask: mask === undefined ? undefined : maskOf(mask, read, lengths),
    initialState: initialState === undefined ? undefined : givenStates("initialState", initialState, read.count),
  };
}
