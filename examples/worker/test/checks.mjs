import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { weightsFile, withWeights } from "./bundle.mjs";
import { readings } from "./readings.mjs";
import { Reference } from "./reference.mjs";
import { inPieces, refusals } from "./refusals.mjs";

/** Each check has devices of its own in the same storage, and starts the Worker as often as it needs. */
export const checks = {
  async "readings one by one, with a restart in the middle, give the bits of an uncut session"(bench) {
    const uncut = new Reference(bench.library);
    await serving(bench, bench.modules, async ({ ask }) => {
      same(await ask("PUT", "/devices/oven"), 201, { steps: 0, forecast: null });
      for (const value of readings.slice(0, 40)) same(await post(ask, "oven", value), 200, uncut.observe(value), bench);
    });
    await serving(bench, bench.modules, async ({ ask }) => {
      same(await ask("GET", "/devices/oven"), 200, uncut.state);
      for (const value of readings.slice(40)) same(await post(ask, "oven", value), 200, uncut.observe(value), bench);
      await sameState(ask, "oven", uncut);
      const { body } = await ask("GET", "/devices/oven/snapshot");
      assert.ok(body.length < 400, `a snapshot has ${body.length} bytes`);
    });
  },

  async "many readings at once are the same stream as one by one, and the odd one is found"(bench) {
    const uncut = new Reference(bench.library);
    await serving(bench, bench.modules, async ({ ask }) => {
      await ask("PUT", "/devices/pump");
      const wanted = uncut.observe(...readings);
      same(await ask("POST", "/devices/pump/readings", { values: readings }), 200, wanted, bench);
      assert.ok(
        wanted.readings.slice(0, 30).every(({ score }) => score === null),
        "a cold stream has no scores",
      );
      assert.ok(
        wanted.readings.slice(30).every(({ isAnomaly }) => !isAnomaly),
        "what is usual is no anomaly",
      );
      const odd = uncut.observe(40);
      same(await post(ask, "pump", 40), 200, odd, bench);
      assert.ok(odd.readings[0].isAnomaly, `40 degrees have a score of ${odd.readings[0].score}`);
    });
  },

  async "requests that come at the same time take turns, none is lost"(bench) {
    const uncut = new Reference(bench.library);
    await serving(bench, bench.modules, async ({ ask }) => {
      await ask("PUT", "/devices/fan");
      const answers = await Promise.all(readings.map(async (value) => ({ value, ...(await post(ask, "fan", value)) })));
      // In which order they are served is nobody's promise: these answers are compared, but no part of the hash.
      answers.sort((a, b) => a.body.steps - b.body.steps);
      for (const { value, status, body } of answers) same({ status, body }, 200, uncut.observe(value));
      await sameState(ask, "fan", uncut);
    });
  },

  async "a refused request leaves the device as it was"(bench) {
    const uncut = new Reference(bench.library);
    await serving(bench, bench.modules, async ({ ask }) => {
      await ask("PUT", "/devices/tank");
      uncut.observe(...readings.slice(0, 35));
      await ask("POST", "/devices/tank/readings", { values: readings.slice(0, 35) });
      for (const { method, path, body, status, says, allow = null } of refusals(bench.library, uncut.snapshot)) {
        const refused = await ask(method, path, body);
        const what = `${method} ${path} ${String(body).slice(0, 40)}`;
        assert.equal(refused.status, status, `${what}: ${JSON.stringify(refused.body).slice(0, 200)}`);
        assert.deepEqual(Object.keys(refused.body), ["error"], what);
        assert.match(refused.body.error, says, what);
        assert.equal(refused.headers.get("Allow"), allow, what);
        await sameState(ask, "tank", uncut);
      }
      const pieces = inPieces('{"val', 'ue": 12', ".5}");
      same(await ask("POST", "/devices/tank/readings", pieces), 200, uncut.observe(12.5), bench);
    });
  },

  async "an unknown device is refused and stays unknown"(bench) {
    await serving(bench, bench.modules, async ({ ask }) => {
      const unknown = { error: "this device is unknown. PUT it first." };
      const snapshot = new Reference(bench.library).snapshot;
      for (const [method, part, body] of [
        ["POST", "/readings", { value: 1 }],
        ["PUT", "/readings", { value: 1 }],
        ["GET", "/snapshot"],
        ["PUT", "/snapshot", snapshot],
        ["DELETE", ""],
        ["GET", ""],
      ])
        same(await ask(method, `/devices/nobody${part}`, body), 404, unknown);
    });
  },

  async "a stream moves to another device and back into a session here"(bench) {
    const uncut = new Reference(bench.library);
    await serving(bench, bench.modules, async ({ ask }) => {
      for (const device of ["old", "new"]) await ask("PUT", `/devices/${device}`);
      same(await ask("GET", "/devices/old/snapshot"), 409, { error: "no reading has come yet: there is no snapshot." });
      uncut.observe(...readings.slice(0, 50));
      await ask("POST", "/devices/old/readings", { values: readings.slice(0, 50) });
      const { body: bytes } = await ask("GET", "/devices/old/snapshot");
      uncut.restart();
      same(await ask("PUT", "/devices/new/snapshot", bytes), 200, { steps: 50, forecast: null });
      for (const value of readings.slice(50)) same(await post(ask, "new", value), 200, uncut.observe(value), bench);
      await sameState(ask, "new", uncut);
    });
  },

  async "registering again changes nothing; a forgotten device begins anew"(bench) {
    const [uncut, anew] = [new Reference(bench.library), new Reference(bench.library)];
    await serving(bench, bench.modules, async ({ ask }) => {
      await ask("PUT", "/devices/lamp");
      same(await post(ask, "lamp", 14), 200, uncut.observe(14), bench);
      same(await ask("PUT", "/devices/lamp"), 200, uncut.state);
      same(await ask("DELETE", "/devices/lamp"), 200, { forgotten: true });
      assert.equal((await post(ask, "lamp", 14)).status, 404);
      same(await ask("PUT", "/devices/lamp"), 201, { steps: 0, forecast: null });
      same(await post(ask, "lamp", 9), 200, anew.observe(9), bench);
    });
  },

  async "after other weights were deployed a stream is refused untouched, and can be replayed"(bench) {
    const others = otherWeights(bench.library);
    const [kept, moved] = [new Reference(bench.library), new Reference(bench.library, others)];
    await serving(bench, bench.modules, async ({ ask }) => {
      for (const device of ["kept", "moved"]) {
        await ask("PUT", `/devices/${device}`);
        await ask("POST", `/devices/${device}/readings`, { values: readings.slice(0, 40) });
      }
    });
    kept.observe(...readings.slice(0, 40));
    await serving(bench, withWeights(bench.modules, others), async ({ ask }) => {
      const { status, body } = await post(ask, "kept", 10);
      assert.equal(status, 409);
      assert.match(body.error, /belongs to other weights .* Warm a new session up by replaying recent inputs/);
      await sameState(ask, "kept", kept);
      const replayed = await ask("PUT", "/devices/moved/readings", { values: readings });
      same(replayed, 200, moved.observe(...readings), bench);
      same(await post(ask, "moved", 10), 200, moved.observe(10), bench);
    });
    await serving(bench, bench.modules, async ({ ask }) => {
      same(await post(ask, "kept", 10), 200, kept.observe(10), bench);
      assert.equal((await post(ask, "moved", 10)).status, 409);
    });
  },
};

const post = (ask, device, value) => ask("POST", `/devices/${device}/readings`, { value });

/** Runs the Worker on what the starts before it left on disk, and ends its process. */
async function serving({ start }, modules, act) {
  const service = await start(modules);
  try {
    await act(service);
  } finally {
    await service.stop();
  }
}

/** Numbers cross as JSON, which keeps every bit of a float64. */
function same({ status, body }, wantedStatus, wanted, bench) {
  assert.deepEqual({ status, body }, { status: wantedStatus, body: wanted });
  bench?.compare(body, wanted);
}

async function sameState(ask, device, uncut) {
  same(await ask("GET", `/devices/${device}`), 200, uncut.state);
  const { body } = await ask("GET", `/devices/${device}/snapshot`);
  assert.deepEqual(Buffer.from(body), Buffer.from(uncut.snapshot));
}

/** The same network and calibration, a weight of it changed. */
function otherWeights({ readSafetensors, writeSafetensors, tensor }) {
  const { tensors, metadata } = readSafetensors(readFileSync(weightsFile));
  const [[name, first]] = tensors;
  const changed = Float32Array.from(first.data, (value, at) => (at === 0 ? value + 0.5 : value));
  return writeSafetensors(new Map([...tensors, [name, tensor(changed, first.shape)]]), metadata);
}
