import { ArgumentError, ShapeError } from "../errors.js";
import { describe, show } from "../shape.js";
import { type Nested, readTensor, Tensor } from "../tensor/tensor.js";

/**
 * States of the recurrent layers by their paths, and by name within a layer: `{ rnn: { h, c } }`, each [batch, units].
 * A path is that of the layer's parameters without their names ("rnn", "0", "encoder.1"; "0" for a network that is a single
 * layer), with `.reverse` where the layer reads from the end.
 */
export type States = Readonly<Record<string, Readonly<Record<string, Tensor>>>>;

/** The same in any form people have it; what is left out is as the layer has it, zeros or learned values. */
export type StatesLike = Readonly<Record<string, Readonly<Record<string, Tensor | Nested>>>>;

/** States checked once: one finite row for each sequence. Of paths and widths the model knows. */
export class GivenStates {
  /** By path and name, each [sequences, units]. */
  readonly states: States;

  constructor(states: States) {
    this.states = states;
  }

  /** Those of the sequences in [from, to). */
  slice(from: number, to: number): GivenStates {
    const rows = ({ data, shape: [, width = 0] }: Tensor) =>
      new Tensor(data.subarray(from * width, to * width), [to - from, width]);
    return new GivenStates(mapped(this.states, (value) => rows(value as Tensor)));
  }
}

/**
 * Reads states.
 * @param owner for messages: "initialState"
 * @throws ShapeError when one is not [batch, units], ArgumentError when they are none, or a value is not finite
 */
export function givenStates(owner: string, given: StatesLike, count: number): GivenStates {
  requireRecord(owner, given);
  for (const [path, parts] of Object.entries(given)) requireRecord(`${owner} of "${path}"`, parts);
  return new GivenStates(mapped(given, (value, path, part) => readState(`${owner} "${path}" ${part}`, value, count)));
}

function readState(owner: string, value: Tensor | Nested, count: number): Tensor {
  const read = readTensor(owner, value);
  if (read.shape.length !== 2 || read.shape[0] !== count)
    throw new ShapeError(`${owner} must be [${count}, units], one row a sequence, received ${show(read.shape)}.`);
  const bad = read.data.findIndex((number) => !Number.isFinite(number));
  if (bad < 0) return read;
  const width = read.shape[1] as number;
  const place = `sequence ${Math.floor(bad / width)}, unit ${bad % width}`;
  throw new ArgumentError(`${owner} must be finite, received ${read.data[bad]} in ${place}.`);
}

function requireRecord(owner: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor)) return;
  const wanted =
    owner === "initialState" ? "states by layer path, { rnn: { h: [batch, units] } }" : "{ h: [batch, units] }";
  throw new ArgumentError(`${owner} must be ${wanted}, received ${describe(value)}.`);
}

function mapped(given: StatesLike, read: (value: Tensor | Nested, path: string, part: string) => Tensor): States {
  return Object.fromEntries(
    Object.entries(given).map(([path, parts]) => [
      path,
      Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, read(value, path, part)])),
    ]),
  );
}
