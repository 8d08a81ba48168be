import { ArgumentError, ShapeError } from "../errors.js";
import { describe } from "../shape.js";
import { Sequences } from "./sequences.js";

/** What a network reads, where that is not [batch, time, features]. */
interface InputKind {
  /** Tokens: whole numbers below this, [batch, time]. */
  readonly vocabularySize?: number;
  /** One step a sequence: [batch, features]. */
  readonly isSingleStep?: boolean;
  /** Tokens among the features: whole numbers below the size of a vocabulary. */
  readonly tokenColumns?: readonly { readonly column: number; readonly vocabularySize: number }[];
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
  if (kind === undefined) return given;
  const last = known.get(given);
  if (last !== undefined && isSame(last.kind, kind)) return last.read;
  const read = readNew(kind, owner, given);
  known.set(given, { kind, read });
  // What was read is not read, and copied, again.
  known.set(read, { kind, read });
  return read;
}

function readNew(kind: InputKind, owner: string, given: Sequences): Sequences {
  if (kind.vocabularySize !== undefined) return tokens(owner, given, kind);
  return kind.isSingleStep ? singleSteps(owner, given) : features(owner, given, kind.tokenColumns ?? []);
}

function isSame(a: InputKind, b: InputKind): boolean {
  const [own, other] = [a.tokenColumns ?? [], b.tokenColumns ?? []];
  const isAlike =
    own === other || (own.length === other.length && own.every((token, at) => isSameToken(token, other[at])));
  return a.vocabularySize === b.vocabularySize && a.isSingleStep === b.isSingleStep && isAlike;
}

type TokenColumn = NonNullable<InputKind["tokenColumns"]>[number];

function isSameToken(a: TokenColumn, b: TokenColumn | undefined): boolean {
  return a.column === b?.column && a.vocabularySize === b.vocabularySize;
}

/** [batch, time, features], some of which are tokens. */
function features(owner: string, given: Sequences, columns: readonly TokenColumn[]): Sequences {
  const { values, starts, lengths, width, axes, padded } = given;
  const read = new Sequences(values.slice(), starts, lengths, width, axes, padded);
  // A feature that is not there is for the layer that wants it to refuse.
  for (const token of columns) if (token.column < width) requireTokens(owner, read, token);
  return read;
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
  requireTokens(owner, read, { column: 0, vocabularySize });
  return read;
}

function requireTokens(
  owner: string,
  { values, starts, lengths, width }: Sequences,
  { column, vocabularySize }: TokenColumn,
): void {
  const where = width > 1 ? `, feature ${column}` : "";
  starts.forEach((start, index) => {
    for (let step = 0; step < (lengths[index] as number); step++) {
      const token = values[start + step * width + column] as number;
      if (Number.isInteger(token) && token >= 0 && token < vocabularySize) continue;
      throw new ArgumentError(
        `${owner} reads token numbers from 0 to ${vocabularySize - 1}, received ${describe(token)} in sequence ${index}, step ${step}${where}.`,
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
