/** The model and what it says of a stream of readings. Nothing here knows of requests or storage. */
import { loadModel, readSafetensors } from "recurve/predict";
import file from "../model.safetensors";

/** Once per isolate, at its start: the wasm came compiled, the weights are in the bundle. */
const model = loadModel(file);

/** Scaling and calibration, as `train.mjs` wrote them beside the weights. */
const { shift, scale, spread, threshold, warmUp } = JSON.parse(readSafetensors(file).metadata.monitor);

/** A stream before its first reading. */
export const fresh = { snapshot: null, steps: 0, forecast: null };

/**
 * Takes readings in, one after the other. Nothing is changed in place, so that a stream that refuses stands where it stood.
 *
 * @param stream { snapshot, steps, forecast } as it is stored
 * @param values readings in their own unit
 * @returns the stream after them, and for each reading its score: how many deviations it lies from the forecast made before it.
 *   The score is null for the first `warmUp` readings, and where no forecast was made
 * @throws ArgumentError when a value does not fit into float32; StateError when the snapshot belongs to other weights,
 *   FormatError when it is damaged
 */
export function follow({ snapshot, forecast }, values) {
  const session = model.session(snapshot);
  let told = forecast;
  const readings = values.map((value) => {
    const isCold = told === null || session.steps < warmUp;
    const score = isCold ? null : Math.abs(value - told.value) / told.deviation;
    told = inUnits(session.step((value - shift) / scale));
    return { score, isAnomaly: score !== null && score > threshold };
  });
  return { stream: { snapshot: session.snapshot(), steps: session.steps, forecast: told }, readings };
}

/** A stream that goes on from a snapshot made elsewhere; its next reading has no forecast to be held against. @throws as `follow` */
export function restore(snapshot) {
  return { snapshot, steps: model.session(snapshot).steps, forecast: null };
}

/** With nothing but sqrt beside arithmetic, the bits are those of every other runtime. */
function inUnits([mean, variance]) {
  return { value: shift + scale * mean, deviation: scale * spread * Math.sqrt(variance) };
}
