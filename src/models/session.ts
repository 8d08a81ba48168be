import { branded, stranger } from "../brand.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Bytes } from "../formats/bytes.js";
import { describe } from "../shape.js";
import { isList } from "../tensor/tensor.js";
import type { Interior } from "./interior.js";
import { readSnapshot, writeSnapshot } from "./snapshot.js";
import { type Stepper, stepperOf } from "./stepper.js";

/** What a session is inside. */
export interface Stream {
  readonly stepper: Stepper;
  /** The state vectors of every recurrent layer, one after the other; of no meaning before the first step. */
  readonly values: Float32Array;
  /** Steps since the stream began. */
  steps: number;
  /** The last call of `stepAll` that met it. */
  visit: number;
}

/**
 * A stream that a model follows step by step, as `model.session()` begins it. Its state is its own, a few hundred bytes
 * that can be kept, copied and carried to another machine; the weights are the model's. Steps give the bits of the whole
 * sequence run at once.
 *
 * When the model is trained further, the session goes on from its state with the new weights. A model without recurrent
 * layers has an empty state. A session needs no disposal.
 *
 * @example
 * const model = new Model(sequential(lstm(32), dense(1)), { inputSize: 1 });
 * const session = model.session();
 * session.step([0.5]);                             // Float32Array(1)
 * const later = model.session(session.snapshot()); // goes on where the other stands
 */
export class Session {
  readonly #stream: Stream;

  /** @internal Sessions are begun by `model.session()`. */
  constructor(stream: Stream) {
    this.#stream = stream;
    branded("session", this);
  }

  /** @internal The stream of a session; undefined for anything else. */
  static streamOf(session: object): Stream | undefined {
    return #stream in session ? session.#stream : undefined;
  }

  /** Steps since the stream began, those before a snapshot included. */
  get steps(): number {
    return this.#stream.steps;
  }

  /**
   * Advances the stream by one time step.
   *
   * @param x [inputSize] features of the step; a plain number where inputSize is 1
   * @param out [width] where the output goes; with it nothing is allocated. Left out, a new array is made
   * @returns the output [width] of this step; of a network that ends with one answer (`lastStep`, `finalState`), the
   *   answer as if the sequence ended here
   * @throws ShapeError, ArgumentError when the input or `out` does not fit or is not finite; StateError when the model was
   *   disposed. The stream then stands where it stood
   */
  step(x: number | ArrayLike<number>, out?: Float32Array): Float32Array {
    const stream = this.#stream;
    const { stepper, values } = stream;
    const features = requireFeatures(x, stepper.inputSize);
    stepper.requireFinite("step", features, 0);
    if (out !== undefined) stepper.requireOutput("step", out, 1);
    const rows = stepper.prepare(1, stream.steps === 0);
    rows.writeInput(0, features, 0);
    if (stream.steps > 0) rows.writeState(0, values);
    stepper.run();
    rows.readState(0, values);
    stream.steps++;
    const found = out ?? new Float32Array(stepper.width);
    rows.readOutput(0, found, 0);
    return found;
  }

  /** Begins anew: the next step is the first of a sequence, from zeros or the initial states learned. */
  reset(): void {
    this.#stream.stepper.requireLife();
    this.#stream.values.fill(0);
    this.#stream.steps = 0;
  }

  /**
   * The state as bytes, for `model.session(bytes)` of the same model on any machine: 24 bytes and 4 for each number of the
   * state (an LSTM of 32 units: 280). It belongs to the weights that the model has now.
   * @throws StateError when the model was disposed
   */
  snapshot(): Bytes {
    return writeSnapshot(this.#stream, this.#stream.stepper.fingerprint());
  }

  /** A second session that stands where this one stands and goes its own way. @throws StateError when the model was disposed */
  fork(): Session {
    const { stepper, values, steps } = this.#stream;
    stepper.requireLife();
    return new Session({ stepper, values: values.slice(), steps, visit: 0 });
  }
}

/**
 * A session of a model: new, or where a snapshot stands.
 * @throws ArgumentError when the network cannot go step by step, or the snapshot is not bytes; FormatError, StateError when it
 *   is damaged or another model's
 */
export function openSession(interior: Interior, bytes?: Uint8Array | ArrayBuffer | null): Session {
  const stepper = stepperOf(interior);
  if (bytes === undefined || bytes === null)
    return new Session({ stepper, values: new Float32Array(stepper.stateSize), steps: 0, visit: 0 });
  return new Session({ stepper, ...readSnapshot(bytes, stepper.fingerprint(), stepper.stateSize), visit: 0 });
}

/** What a session is inside. @throws ArgumentError when it is none, StateError when it is another copy's of the library */
export function streamOf(session: Session): Stream {
  const isObject = typeof session === "object" && session !== null;
  const found = isObject ? Session.streamOf(session) : undefined;
  if (found !== undefined) return found;
  throw stranger("session", session, "a session is wanted, as model.session() gives it");
}

/** One number, for the networks that read one feature: its own array, so that a step allocates nothing. */
const single = /* @__PURE__ */ new Float64Array(1);

/** @throws ShapeError, ArgumentError when it is not one row of so many features */
function requireFeatures(x: number | ArrayLike<number>, inputSize: number): ArrayLike<number> {
  if (typeof x === "number" && inputSize === 1) {
    single[0] = x;
    return single;
  }
  if (!isList(x)) {
    throw new ArgumentError(`step expects the ${inputSize} features of one time step, received ${describe(x)}.`);
  }
  if (x.length === inputSize) return x as ArrayLike<number>;
  throw new ShapeError(`step expects the ${inputSize} features of one time step, received ${x.length}.`);
}
