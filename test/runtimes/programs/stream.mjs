import { generator } from "./networks.mjs";

/** Steps before and after the place where a stream is handed to another runtime. */
export const half = 20;

/** The inputs of a stream [2 · half, 2]. */
export function streamInputs() {
  const draw = generator(11);
  return Array.from({ length: 2 * half }, () => [draw() - 0.5, draw()]);
}

/**
 * What a runtime leaves to the next one: a model's file, the snapshot of a stream that it followed for its first half, and the
 * snapshot of another model of the same shape; bytes as hexadecimal text.
 */
export function handOver(recurve) {
  const { dense, gru, lstm, Model, sequential } = recurve;
  const network = sequential(lstm(16), gru(8), dense(3));
  const [model, other] = [1, 2].map((seed) => new Model(network, { inputSize: 2, seed }));
  const [snapshot, foreign] = [model, other].map((one) => {
    const session = one.session();
    for (const features of streamInputs().slice(0, half)) session.step(features);
    return hexOf(session.snapshot());
  });
  const file = hexOf(model.save());
  for (const one of [model, other]) one.dispose();
  return { file, snapshot, foreign };
}

export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function bytesOf(hex) {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
