import { ArgumentError, ShapeError } from "../errors.js";
import { describe } from "../shape.js";
import { Sequences } from "./sequences.js";

/** What a network reads, where that is not [batch, time, features]. */
interface InputKind {
  /** Tokens: whole numbers below this, [batch, time]. */
  readonly vocabularySize?: number;
  /** One step a sequence: [batch, features]. */
  readonly isSingleStep?: boolean;
}

/** Inputs already read, by the network's kind: a fit asks again for every batch. */
const known = new WeakMap<Sequences, { readonly kind: InputKind; readonly read: Sequences }>();

/**
 * Reads an input as a network wants it: [batch, time] as tokens, [batch, features] as single steps. Tokens are copied, so
 * that nobody can change them after the check.
 *
 * @param owner the network, for messages
 * @param kind left out for a network that reads [batch, time, features]: the input is given back as it is
 * @throws ArgumentError when a token is none, ShapeError when the steps do not fit
 */
export function readAs(kind: InputKind | undefined, owner: string, given: Sequences): Sequences {
  if (kind === undefined || (kind.vocabularySize === undefined && kind.isSingleStep !== true)) return given;
  const last = known.get(given);
  if (last !== undefined && isSame(last.kind, kind)) return last.read;
  const read = kind.vocabularySize === undefined ? singleSteps(owner, given) : tokens(owner, given, kind);
  known.set(given, { kind, read });
  // What was read is not read, and copied, again.
  known.set(read, { kind, read });
  return read;
}

function isSame(a: InputKind, b: InputKind): boolean {
  return a.vocabularySize === b.vocabularySize && a.isSingleStep === b.isSingleStep;
}

/** [batch, time] or [batch, time, 1]; of single steps [batch] as well. */
function tokens(owner: string, given: Sequences, { vocabularySize = 0, isSingleStep }: InputKind): Sequences {
  const isFlat = given.axes === 1 && given.width > 1;
  if (!isFlat && given.width > 1) {
    throw new ShapeError(
      `${owner} reads token numbers [batch, time] but received ${given.width} features a step. Give the number of each token, not a row for it.`,
    );
  }
  const steps = isFlat ? new Int32Array(given.count).fill(given.width) : given.lengths;
  const read = new Sequences(given.values.slice(), given.starts, steps, 1, 2, isFlat ? steps : given.padded);
  if (isSingleStep) requireOneStep(owner, read);
  requireTokens(owner, read, vocabularySize);
  return read;
}

function requireTokens(owner: string, { values, starts, lengths }: Sequences, vocabularySize: number): void {
  starts.forEach((start, index) => {
    for (let step = 0; step < (lengths[index] as number); step++) {
      const token = values[start + step] as number;
      if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
      throw new ArgumentError(
        `${owner} reads token numbers from 0 to ${vocabularySize - 1}, received ${describe(token)} in sequence ${index}, step ${step}.`,
      );
    }
  });
}

/** [batch, features] and [batch, 1, features]. */
function singleSteps(owner: string, given: Sequences): Sequences {
  requireOneStep(owner, given);
  return new Sequences(given.values, given.starts, given.lengths, given.width, 2, given.padded);
}

function requireOneStep(owner: string, { lengths }: Sequences): void {
  const at = lengths.findIndex((length) => length !== 1);
  if (at < 0) return;
  throw new ShapeError(`${owner} reads one step a sequence, [batch, features], but sequence ${at} has ${lengths[at]}.`);
}
