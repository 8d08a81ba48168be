import { bytesOf, half, hexOf, streamInputs } from "./stream.mjs";

/**
 * What needs no training: the model of another runtime is loaded from its file and predicts; the stream that the other followed
 * is gone on with from its snapshot, to the bits of the uncut stream; what is damaged, foreign or of the wrong size is refused,
 * and changes nothing.
 *
 * @param recurve the package, or its entry for prediction
 * @param given what the other runtime left: `handOver` of stream.mjs
 * @returns outputs and the state they end in, as float32 arrays
 * @throws Error when anything is not as it must be
 */
export function answers(recurve, given) {
  const model = recurve.loadModel(bytesOf(given.file));
  const inputs = streamInputs();
  const whole = model.predict(inputs).data;
  const session = model.session(bytesOf(given.snapshot));
  if (session.steps !== half) throw new Error(`the snapshot stands at step ${session.steps} instead of ${half}`);
  refusals(recurve, model, session, given);
  const stepped = inputs.slice(half).flatMap((features) => [...session.step(features)]);
  requireSameBits("the stream that goes on from another runtime's snapshot", stepped, whole.slice(half * 3));
  const batch = model.predictBatch([inputs.slice(0, 7), inputs, inputs.slice(0, 1)]).data;
  requireSameBits("a sequence in a batch of unequal lengths", batch.slice(whole.length, 2 * whole.length), whole);
  requireSaved(model, given.file);
  const state = Float32Array.from(session.snapshot());
  model.dispose();
  return [Float32Array.from(whole), Float32Array.from(stepped), Float32Array.from(batch), state];
}

/** Each of these must be an error of its class, with a message. */
function refusals(recurve, model, session, { file, snapshot, foreign }) {
  const { ArgumentError, FormatError, loadModel, ShapeError, StateError } = recurve;
  const damaged = bytesOf(snapshot);
  damaged[30] ^= 1;
  requireRefusal(StateError, "a snapshot of another model", () => model.session(bytesOf(foreign)));
  requireRefusal(FormatError, "a damaged snapshot", () => model.session(damaged));
  requireRefusal(FormatError, "half a model file", () => loadModel(bytesOf(file).slice(0, file.length / 4)));
  requireRefusal(ShapeError, "a step of three features", () => session.step([1, 2, 3]));
  requireRefusal(ArgumentError, "a feature that is not finite", () => session.step([1, Number.NaN]));
  requireRefusal(ShapeError, "a sequence of three features", () => model.predict([[1, 2, 3]]));
}

export function requireRefusal(kind, what, act) {
  try {
    act();
  } catch (error) {
    if (error instanceof kind && error.message.length > 20) return;
    throw new Error(`${what} should be refused with an error of its own, but gave ${error}`);
  }
  throw new Error(`${what} should be refused`);
}

/** Bits, not values: NaN never comes here, and -0 is not 0. */
function requireSameBits(what, found, wanted) {
  const isSame = found.length === wanted.length && found.every((value, i) => Object.is(value, wanted[i]));
  if (!isSame) throw new Error(`${what} gives other bits`);
}

/** A loaded model gives its file again, byte for byte. An entry that only predicts may not save. */
function requireSaved(model, file) {
  if (typeof model.save === "function" && hexOf(model.save()) !== file)
    throw new Error("saving again gives another file");
}
