import { readBytes, readValues } from "./body.js";
import { Refusal } from "./refusal.js";

export { Device } from "./device.js";

/** What can be done with a device, by what follows its id and by method. */
const routes = {
  "": {
    PUT: (device) => device.register(),
    GET: (device) => device.state(),
    DELETE: (device) => device.forget(),
  },
  readings: {
    POST: async (device, request) => device.observe(await readValues(request)),
    PUT: async (device, request) => device.replay(await readValues(request)),
  },
  snapshot: {
    GET: (device) => device.snapshot(),
    PUT: async (device, request) => device.restore(await readBytes(request)),
  },
};

async function serve(request, env) {
  const [, top, id, part = "", ...more] = new URL(request.url).pathname.split("/");
  if (top !== "devices" || id === undefined || more.length > 0 || !Object.hasOwn(routes, part))
    throw new Refusal(404, "there are /devices/:id, /devices/:id/readings and /devices/:id/snapshot.");
  if (!/^[\w.-]{1,64}$/.test(id))
    throw new Refusal(400, "a device's id is 1 to 64 letters, digits, dots, hyphens or underscores.");
  const methods = routes[part];
  if (!Object.hasOwn(methods, request.method)) {
    const allowed = Object.keys(methods).join(", ");
    throw new Refusal(405, `${request.method} is not for this address, but ${allowed}.`, { Allow: allowed });
  }
  const device = env.DEVICES.get(env.DEVICES.idFromName(id));
  const { status, body } = await methods[request.method](device, request);
  return body instanceof Uint8Array ? new Response(body, { status }) : Response.json(body, { status });
}

// biome-ignore lint/style/noDefaultExport: a Worker's handlers are the default export of its main module.
export default {
  async fetch(request, env) {
    try {
      return await serve(request, env);
    } catch (error) {
      if (error instanceof Refusal) return error.response();
      throw error;
    }
  },
};
