/**
 * The four ways in which a call can be refused. Each message says who wanted what, what came, and what to do.
 * Nothing has changed when one of them is thrown.
 */

/** A size or shape does not fit: wrong number of axes, wrong width, ragged rows, mismatched lengths. */
export class ShapeError extends Error {
  /** Tells the class where `instanceof` cannot: across realms and copies of the library. */
  override readonly name = "ShapeError";
}

/** A value is out of its range, not finite, of the wrong type, or an option nobody knows. */
export class ArgumentError extends Error {
  /** Tells the class where `instanceof` cannot: across realms and copies of the library. */
  override readonly name = "ArgumentError";
}

/** Bytes or a file are not what they claim to be; the message names the byte position or the tensor. */
export class FormatError extends Error {
  /** Tells the class where `instanceof` cannot: across realms and copies of the library. */
  override readonly name = "FormatError";
}

/** The right call at the wrong moment: use after dispose, sizes not yet known, a run that diverged. */
export class StateError extends Error {
  /** Tells the class where `instanceof` cannot: across realms and copies of the library. */
  override readonly name = "StateError";
}
