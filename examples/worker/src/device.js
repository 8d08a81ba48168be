import { DurableObject } from "cloudflare:workers";
import { follow, fresh, restore } from "./detector.js";

/** What the library refuses, by the name of its error: a stream of other weights conflicts with the model that is deployed. */
const statuses = { ArgumentError: 400, ShapeError: 400, FormatError: 422, StateError: 409 };

/**
 * One device: the stream of its readings, stored as { snapshot, steps, forecast } under one key. Reading and writing are
 * synchronous and there is no await between them, so that requests that come at the same time take turns; the answer leaves
 * when the write is on disk. Nothing is kept in memory from one request to the next: a restart loses nothing.
 *
 * Every method answers { status, body }, which crosses to the Worker as it is; an error's status would be lost.
 */
export class Device extends DurableObject {
  register() {
    const stream = this.#read();
    if (stream !== undefined) return { status: 200, body: shown(stream) };
    this.#write(fresh);
    return { status: 201, body: shown(fresh) };
  }

  state() {
    return this.#known((stream) => ({ status: 200, body: shown(stream) }));
  }

  /** Goes on with readings. */
  observe(values) {
    return this.#known((stream) => this.#follow(stream, values));
  }

  /** Begins anew with readings: after other weights were deployed, or when the device was moved. */
  replay(values) {
    return this.#known(() => this.#follow(fresh, values));
  }

  snapshot() {
    return this.#known(({ snapshot }) => {
      if (snapshot === null) return { status: 409, body: { error: "no reading has come yet: there is no snapshot." } };
      return { status: 200, body: snapshot };
    });
  }

  /** Goes on from a snapshot that was made elsewhere. */
  restore(bytes) {
    return this.#known(() => {
      const stream = restore(bytes);
      this.#write(stream);
      return { status: 200, body: shown(stream) };
    });
  }

  async forget() {
    const answer = this.#known(() => ({ status: 200, body: { forgotten: true } }));
    // An object that holds nothing at all is an object that is not paid for.
    if (answer.status === 200) await this.ctx.storage.deleteAll();
    return answer;
  }

  #read() {
    return this.ctx.storage.kv.get("stream");
  }

  #write(stream) {
    this.ctx.storage.kv.put("stream", stream);
  }

  #known(act) {
    const stream = this.#read();
    if (stream === undefined) return { status: 404, body: { error: "this device is unknown. PUT it first." } };
    try {
      return act(stream);
    } catch (error) {
      if (!Object.hasOwn(statuses, error.name)) throw error;
      return { status: statuses[error.name], body: { error: error.message } };
    }
  }

  #follow(from, values) {
    const { stream, readings } = follow(from, values);
    this.#write(stream);
    return { status: 200, body: { ...shown(stream), readings } };
  }
}

function shown({ steps, forecast }) {
  return { steps, forecast };
}
