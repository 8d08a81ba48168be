import { ArgumentError, FormatError, StateError } from "../errors.js";
import { bytesOf } from "../formats/bytes.js";
import { describe } from "../shape.js";
import { Hash } from "../tensor/hash.js";
import type { Fingerprint } from "./fingerprint.js";

/*
 * A snapshot, little-endian:
 *
 *    0  4 bytes      "rcs" and the version
 *    4  8 bytes      fingerprint of the model
 *   12  8 bytes      steps so far
 *   20  4 n bytes    float32 states, layer by layer, without padding
 *    …  4 bytes      checksum of everything before
 */

const MAGIC = [0x72, 0x63, 0x73];
const VERSION = 1;
const HEADER = 20;
const CHECKSUM = 4;
const WORD = 0x1_0000_0000;

/** What a snapshot holds beside the model it belongs to. */
export interface SnapshotContent {
  /** The state vectors of every recurrent layer, one after the other. */
  readonly values: Float32Array;
  /** Steps that led to them. */
  readonly steps: number;
}

export function writeSnapshot({ values, steps }: SnapshotContent, fingerprint: Fingerprint): Uint8Array<ArrayBuffer> {
  const end = HEADER + 4 * values.length;
  const bytes = new Uint8Array(end + CHECKSUM);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = VERSION;
  view.setUint32(4, fingerprint.low, true);
  view.setUint32(8, fingerprint.high, true);
  view.setUint32(12, steps % WORD, true);
  view.setUint32(16, Math.floor(steps / WORD), true);
  for (let index = 0; index < values.length; index++) {
    view.setFloat32(HEADER + 4 * index, values[index] as number, true);
  }
  view.setUint32(end, checksum(view, end), true);
  return bytes;
}

/**
 * Reads a snapshot of a model with that fingerprint and so many floats of state.
 * @throws ArgumentError when it is not bytes, FormatError when it is damaged, cut short, too long, of a newer version or no
 *   snapshot, StateError when it belongs to another model or other weights
 */
export function readSnapshot(
  given: Uint8Array | ArrayBuffer,
  fingerprint: Fingerprint,
  stateSize: number,
): SnapshotContent {
  const view = requireSnapshot(given);
  const wanted = HEADER + 4 * stateSize + CHECKSUM;
  const length = view.byteLength;
  const end = length - CHECKSUM;
  if (length % 4 !== 0 || view.getUint32(end, true) !== checksum(view, end)) {
    throw new FormatError(
      length === wanted
        ? `snapshot: its ${length} bytes are damaged, their checksum does not fit.`
        : `snapshot: it is damaged or not whole: ${length} bytes whose checksum does not fit. This model's have ${wanted}.`,
    );
  }
  const [low, high] = [view.getUint32(4, true), view.getUint32(8, true)];
  if (low !== fingerprint.low || high !== fingerprint.high) {
    const [theirs, ours] = [high.toString(16).padStart(8, "0"), fingerprint.hex.slice(0, 8)];
    throw new StateError(
      `this snapshot belongs to other weights (snapshot ${theirs}…, model ${ours}…). Warm a new session up by replaying recent inputs.`,
    );
  }
  if (length !== wanted) throw new FormatError(`snapshot: it has ${length} bytes where this model's have ${wanted}.`);
  const values = new Float32Array(stateSize);
  for (let index = 0; index < stateSize; index++) values[index] = view.getFloat32(HEADER + 4 * index, true);
  return { values, steps: view.getUint32(12, true) + WORD * view.getUint32(16, true) };
}

/** A view of bytes that begin as a snapshot of this version does. */
function requireSnapshot(given: Uint8Array | ArrayBuffer): DataView {
  const bytes = bytesOf(given);
  if (bytes === undefined) {
    throw new ArgumentError(
      `session wants the bytes of a snapshot as a Uint8Array or an ArrayBuffer, or null for a fresh start, received ${describe(given)}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < HEADER + CHECKSUM) {
    throw new FormatError(
      `snapshot: ${view.byteLength} bytes cannot be one, the shortest has ${HEADER + CHECKSUM}. Was it cut off?`,
    );
  }
  if (MAGIC.some((byte, index) => view.getUint8(index) !== byte)) {
    throw new FormatError(`snapshot: bytes 0 to 2 are not "rcs", with which a session's snapshot begins.`);
  }
  const version = view.getUint8(MAGIC.length);
  if (version !== VERSION) {
    const advice = version > VERSION ? " Update recurve." : "";
    throw new FormatError(`snapshot: it has version ${version}, this recurve reads version ${VERSION}.${advice}`);
  }
  return view;
}

function checksum(view: DataView, end: number): number {
  const hash = new Hash();
  for (let at = 0; at < end; at += 4) hash.word(view.getInt32(at, true));
  return hash.low;
}
