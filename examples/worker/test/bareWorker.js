import { DurableObject } from "cloudflare:workers";

/** What the example costs without a model: the same way for a request, and a record of the same size read and written. */
export class Device extends DurableObject {
  store() {
    const { kv } = this.ctx.storage;
    const { snapshot, steps } = kv.get("stream") ?? { snapshot: new Uint8Array(152), steps: 0 };
    kv.put("stream", { snapshot, steps: steps + 1, forecast: { value: 12.5, deviation: 2.5 } });
    return { status: 200, body: { steps } };
  }
}

// biome-ignore lint/style/noDefaultExport: a Worker's handlers are the default export of its main module.
export default {
  async fetch(request, { DEVICES }) {
    const sent = await request.json();
    if (sent.stores !== true) return Response.json(sent);
    const { status, body } = await DEVICES.get(DEVICES.idFromName("one")).store();
    return Response.json(body, { status });
  },
};
