import { describe, expect, test } from "vitest";
import { dense, elman, gru, type Layer, loadModel, lstm, Model, sequential, Tensor } from "../../src/index.js";
import { fingerprintOf } from "../../src/models/fingerprint.js";
import { interiorOf } from "../../src/models/interior.js";
import { Hash } from "../../src/tensor/hash.js";

const fingerprint = (model: Model): string => fingerprintOf(interiorOf(model)).hex;

/** The fingerprint of a specification with the weights of a seed. */
function fingerprintOfLayer(layer: Layer, seed = 1): string {
  const model = new Model(layer, { inputSize: 2, seed });
  const found = fingerprint(model);
  model.dispose();
  return found;
}

describe("the bytes of a snapshot", () => {
  test("of lstm(32) are 280, whatever follows it, and of a network without recurrent layers 24", () => {
    for (const layer of [lstm(32), sequential(lstm(32), dense(100))]) {
      const model = new Model(layer, { inputSize: 4 });
      const session = model.session();
      session.step([1, 2, 3, 4]);
      expect(session.snapshot()).toHaveLength(280);
      model.dispose();
    }
    const model = new Model(dense(3), { inputSize: 1 });
    expect(model.session().snapshot()).toHaveLength(24);
    model.dispose();
  });

  test("are little-endian: a mark and the version, fingerprint, steps, states without padding, checksum", () => {
    const model = new Model(sequential(gru(3), lstm(2)), { inputSize: 1 });
    const session = model.session();
    for (let step = 0; step < 300; step++) session.step(Math.sin(step));
    const bytes = session.snapshot();
    const view = new DataView(bytes.buffer);
    expect(String.fromCharCode(...bytes.subarray(0, 3))).toBe("rcs");
    expect(bytes[3]).toBe(1);
    const words = [view.getUint32(8, true), view.getUint32(4, true)];
    expect(words.map((word) => word.toString(16).padStart(8, "0")).join("")).toBe(fingerprint(model));
    expect(Array.from(bytes.subarray(12, 20))).toEqual([44, 1, 0, 0, 0, 0, 0, 0]);
    const states = Array.from({ length: 7 }, (_, index) => view.getFloat32(20 + 4 * index, true));
    expect(bytes).toHaveLength(24 + 4 * states.length);
    // The last layer's h is what the step gave.
    const output = session.fork().step(0.5);
    expect(Array.from(output)).not.toEqual(states.slice(3, 5));
    const after = new DataView(advanced(session, 0.5).buffer);
    expect([after.getFloat32(32, true), after.getFloat32(36, true)]).toEqual(Array.from(output));
    model.dispose();
  });

  test("of equal streams are equal, on another model of the same weights too", () => {
    const model = new Model(lstm(5), { inputSize: 1 });
    const twin = loadModel(model.save());
    const snapshots = [model, model, twin].map((each) => {
      const session = each.session();
      for (let step = 0; step < 5; step++) session.step(step / 3);
      return session.snapshot();
    });
    expect(snapshots[1]).toEqual(snapshots[0]);
    expect(snapshots[2]).toEqual(snapshots[0]);
    for (const each of [model, twin]) each.dispose();
  });

  test("count steps beyond 2³²", () => {
    const model = new Model(elman(1), { inputSize: 1 });
    const session = model.session();
    session.step(1);
    const bytes = session.snapshot();
    const view = new DataView(bytes.buffer);
    view.setUint32(12, 0xffffffff, true);
    view.setUint32(16, 3, true);
    const hash = new Hash();
    for (let at = 0; at < bytes.length - 4; at += 4) hash.word(view.getInt32(at, true));
    view.setUint32(bytes.length - 4, hash.low, true);
    const later = model.session(bytes);
    later.step(1);
    expect(later.steps).toBe(2 ** 34);
    expect(model.session(later.snapshot()).steps).toBe(2 ** 34);
    model.dispose();
  });

  test("may lie anywhere in a buffer, at any address, and are copied", () => {
    const model = new Model(gru(4), { inputSize: 1 });
    const session = model.session();
    session.step(1);
    const bytes = session.snapshot();
    const moved = new Uint8Array(bytes.length + 9);
    moved.set(bytes, 3);
    const restored = model.session(moved.subarray(3, 3 + bytes.length));
    moved.fill(255);
    expect(restored.snapshot()).toEqual(bytes);
    expect(restored.step(2)).toEqual(session.step(2));
    model.dispose();
  });
});

/** The snapshot one step later, the session staying where it is. */
function advanced(session: { fork(): { step(x: number): unknown; snapshot(): Uint8Array<ArrayBuffer> } }, x: number) {
  const later = session.fork();
  later.step(x);
  return later.snapshot();
}

describe("the fingerprint", () => {
  test("differs for other weights, sizes, options, layers and names of parameters", () => {
    const all = [
      fingerprintOfLayer(lstm(4)),
      fingerprintOfLayer(lstm(4), 2),
      fingerprintOfLayer(lstm(5)),
      fingerprintOfLayer(lstm(4, { zoneout: 0.1 })),
      fingerprintOfLayer(lstm(4, { name: "a" })),
      fingerprintOfLayer(sequential(lstm(4))),
      fingerprintOfLayer(elman(4)),
      fingerprintOfLayer(elman(4, { activation: "relu" })),
      fingerprintOfLayer(elman(4, { activation: { type: "leakyRelu", alpha: 0.1 } })),
      fingerprintOfLayer(elman(4, { activation: { type: "leakyRelu", alpha: 0.2 } })),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(fingerprintOfLayer(lstm(4))).toBe(all[0]);
  });

  test("does not depend on the order in which options are written", () => {
    const [one, other] = [
      { type: "scaledTanh", alpha: 0.5, beta: 2 },
      { beta: 2, alpha: 0.5, type: "scaledTanh" },
    ].map((activation) => fingerprintOfLayer(elman(3, { activation: activation as never })));
    expect(other).toBe(one);
  });

  test("changes with every single bit of a weight, and with pairs of them", () => {
    const model = new Model(elman(2), { inputSize: 1 });
    const [parameter] = model.parameters;
    const original = parameter.read().data;
    const found = new Set([fingerprint(model)]);
    const bits = new Int32Array(original.buffer);
    // Bit 30 would make the number infinite or nearly so; the others keep it finite.
    const masks = Array.from({ length: 32 }, (_, bit) => 1 << bit).filter((mask) => mask !== 1 << 30);
    const flips = masks.flatMap((mask) => [
      [mask, 0],
      [0, mask],
      [mask, mask],
    ]);
    for (const [first, second] of flips) {
      const changed = Int32Array.from(bits);
      changed[0] ^= first;
      changed[1] ^= second;
      parameter.write(new Tensor(new Float32Array(changed.buffer), parameter.shape));
      found.add(fingerprint(model));
    }
    expect(found.size).toBe(flips.length + 1);
    parameter.write(new Tensor(original, parameter.shape));
    expect(fingerprint(model)).toBe([...found][0]);
    model.dispose();
  });
});
