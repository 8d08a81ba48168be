import { type Sequences, type SequencesLike, sequences } from "../data/sequences.js";
import { ArgumentError, FormatError } from "../errors.js";
import { describe, requireKnownOptions } from "../shape.js";
import { type Nested, Tensor, tensor } from "../tensor/tensor.js";

/** A recorded input and what a network must give for it. */
export interface TestVector {
  /** [batch, time, features], or a list of [time, features] of any lengths, as for `predictBatch`. */
  readonly input: SequencesLike;
  /** Valid steps of each sequence; all of them where left out. */
  readonly lengths?: ArrayLike<number>;
  /** As `predictBatch` gives it: [batch, width] or [batch, time, width]. */
  readonly output: Tensor | Nested;
}

/** A test vector whose output the model itself may give. */
export type VectorToRecord = Omit<TestVector, "output"> & Partial<Pick<TestVector, "output">>;

/** Test vectors by name, or one without. */
export type Vectors<Vector extends VectorToRecord = TestVector> = Vector | Readonly<Record<string, Vector>>;

/** The name of a single vector. */
const ONLY = "output";
/** Tensors of vectors in a file begin with this; the paths of parameters have no slash. */
const PREFIX = "vectors/";

/** Every vector under its name. @throws ArgumentError when they are none */
export function namedVectors<Vector extends VectorToRecord>(owner: string, given: Vectors<Vector>): [string, Vector][] {
  if (typeof given !== "object" || given === null) {
    throw new ArgumentError(`${owner} wants { input, output }, or several by name, received ${describe(given)}.`);
  }
  const isOne = "input" in given && !isVector((given as { input: unknown }).input);
  const named = isOne ? [[ONLY, given]] : Object.entries(given);
  if (named.length === 0) throw new ArgumentError(`${owner} received no test vectors.`);
  for (const [name, vector] of named) {
    requireKnownOptions(`test vector "${name}"`, vector, ["input", "lengths", "output"]);
    if (!isVector(vector)) throw new ArgumentError(`test vector "${name}" has no input.`);
  }
  return named as [string, Vector][];
}

function isVector(value: unknown): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Tensor) && "input" in value;
}

/**
 * The tensors that a file carries for test vectors; outputs that were not given are what `predict` gives.
 * @param read how the network reads an input
 * @throws ShapeError, ArgumentError when an input or output does not fit
 */
export function vectorTensors(
  given: Vectors<VectorToRecord>,
  read: (input: Sequences) => Sequences,
  predict: (input: Tensor, lengths: ArrayLike<number>) => Tensor,
): { names: string[]; tensors: [string, Tensor][] } {
  const named = namedVectors("vectors of save", given);
  const tensors = named.flatMap(([name, { input, lengths, output }]): [string, Tensor][] => {
    const {
      values,
      count,
      width,
      lengths: found,
      starts,
    } = read(sequences(`the input of test vector "${name}"`, input, lengths));
    const steps = found.reduce((most, length) => Math.max(most, length), 0);
    const padded = new Tensor(new Float32Array(count * steps * width), [count, steps, width]);
    for (let index = 0; index < count; index++) {
      const from = starts[index] as number;
      padded.data.set(values.subarray(from, from + (found[index] as number) * width), index * steps * width);
    }
    const recorded = output === undefined ? predict(padded, found) : tensor(output);
    return [
      [`${PREFIX}${name}/input`, padded],
      [`${PREFIX}${name}/lengths`, new Tensor(Float32Array.from(found), [count])],
      [`${PREFIX}${name}/output`, recorded],
    ];
  });
  return { names: named.map(([name]) => name), tensors };
}

/** The test vectors that a file carries. @throws FormatError when it carries none, or not all of one */
export function readVectors(tensors: ReadonlyMap<string, Tensor>, names: unknown): Record<string, TestVector> {
  if (!Array.isArray(names) || names.length === 0) {
    throw new FormatError(
      "model file: it carries no test vectors. Save it with { vectors } to have it proved when loaded.",
    );
  }
  const part = (name: unknown, what: string): Tensor => {
    const found = tensors.get(`${PREFIX}${String(name)}/${what}`);
    if (found === undefined) throw new FormatError(`model file: test vector "${String(name)}" has no ${what}.`);
    return found;
  };
  return Object.fromEntries(
    names.map((name) => [
      String(name),
      { input: part(name, "input"), lengths: part(name, "lengths").data, output: part(name, "output") },
    ]),
  );
}
