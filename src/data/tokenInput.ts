import { ArgumentError, ShapeError } from "../errors.js";
import { describe } from "../shape.js";
import type { InputKind, TokenColumn } from "./inputKind.js";
import { owned, Sequences } from "./sequences.js";
import { requireOneStep } from "./stepInput.js";

/** Tokens below a size: [batch, time] or [batch, time, 1]; of single steps [batch] as well. */
export function tokenInput(vocabularySize: number, isSingleStep = false): InputKind {
  const token = { column: 0, vocabularySize };
  return {
    key: `${isSingleStep ? "one token" : "tokens"} below ${vocabularySize}`,
    vocabularySize,
    isSingleStep,
    tokenColumns: [token],
    read(owner, given) {
      const read = flat(owner, given);
      if (isSingleStep) requireOneStep(owner, read);
      requireTokens(owner, read, token);
      return read;
    },
    from: (column) => columnInput([{ column, vocabularySize }]),
  };
}

/** [batch, time, features], some of which are tokens. */
export function columnInput(tokenColumns: readonly TokenColumn[]): InputKind {
  return {
    key: tokenColumns.map(({ column, vocabularySize }) => `${column} below ${vocabularySize}`).join(),
    tokenColumns,
    read(owner, given) {
      const read = owned(given);
      // A feature that is not there is for the layer that wants it to refuse.
      for (const token of tokenColumns) if (token.column < read.width) requireTokens(owner, read, token);
      return read;
    },
    from: (first) => columnInput(tokenColumns.map((token) => ({ ...token, column: token.column + first }))),
  };
}

/** A copy whose steps are its values. */
function flat(owner: string, given: Sequences): Sequences {
  const isFlat = given.axes === 1 && given.width > 1;
  if (!isFlat && given.width > 1) {
    throw new ShapeError(
      `${owner} reads token numbers [batch, time] but received ${given.width} features a step. Give the number of each token, not a row for it.`,
    );
  }
  const steps = isFlat ? new Int32Array(given.count).fill(given.width) : given.lengths;
  return new Sequences(given.values.slice(), given.starts, steps, 1, 2, isFlat ? steps : given.padded);
}

function requireTokens(owner: string, read: Sequences, { column, vocabularySize }: TokenColumn): void {
  const where = read.width > 1 ? `, feature ${column}` : "";
  read.each((token, index, step, feature) => {
    if (feature !== column || (Number.isInteger(token) && token >= 0 && token < vocabularySize)) return;
    throw new ArgumentError(
      `${owner} reads token numbers from 0 to ${vocabularySize - 1}, received ${describe(token)} in sequence ${index}, step ${step}${where}.`,
    );
  });
}
