import type { Sequences } from "./sequences.js";

/** A feature that is a token: a whole number below the size of a vocabulary. */
export interface TokenColumn {
  readonly column: number;
  readonly vocabularySize: number;
}

/** How a network reads its input, where that is not [batch, time, features]: a value that brings what reads it. */
export interface InputKind {
  /** Equal for kinds that read alike. */
  readonly key: string;
  /** It reads tokens: whole numbers below this, [batch, time]. */
  readonly vocabularySize?: number;
  /** It reads one step a sequence: [batch, features]. */
  readonly isSingleStep?: boolean;
  /** The tokens that it reads, as features. */
  readonly tokenColumns: readonly TokenColumn[];
  /**
   * Reads an input anew.
   * @param owner the network, for messages
   * @throws ArgumentError when a token is none, ShapeError when the steps do not fit
   */
  read(owner: string, given: Sequences): Sequences;
  /** The kind of a network that reads these tokens from a feature on; left out where none are read. */
  from?(column: number): InputKind;
}

/** Inputs already read, by the network's kind: a loop of a program's own asks again for every batch. */
const known = new WeakMap<Sequences, { readonly key: string; readonly read: Sequences }>();

/**
 * Reads an input as a network wants it: [batch, time] as tokens, [batch, features] as single steps. Tokens are copied, so
 * that nobody can change them after the check.
 *
 * @param kind left out for a network that reads [batch, time, features]: the input is given back as it is
 * @param owner the network, for messages
 * @throws ArgumentError when a token is none, ShapeError when the steps do not fit
 */
export function readAs(kind: InputKind | undefined, owner: string, given: Sequences): Sequences {
  if (kind === undefined) return given;
  const { key } = kind;
  const last = known.get(given);
  if (last?.key === key) return last.read;
  const read = kind.read(owner, given);
  known.set(given, { key, read });
  // What was read is not read, and copied, again.
  known.set(read, { key, read });
  return read;
}
