import { Miniflare } from "miniflare";
import { config } from "./bundle.mjs";

/**
 * The Worker in workerd, with its objects' storage on disk.
 *
 * @param modules as `bundle` gives them
 * @param storage directory that outlives the process
 * @returns `ask(method, path, body)` for a status and a body, read as JSON where it is JSON; `stop()` ends the process
 */
export async function serve(modules, storage) {
  const [{ name, class_name }] = config.durable_objects.bindings;
  const miniflare = new Miniflare({
    modules,
    compatibilityDate: config.compatibility_date,
    durableObjects: { [name]: { className: class_name, useSQLite: isSqlite(class_name) } },
    durableObjectsPersist: storage,
  });
  const address = await miniflare.ready;
  return {
    async ask(method, path, body) {
      const isRaw = body === undefined || typeof body === "string" || isBytes(body);
      const init = { method, body: isRaw ? body : JSON.stringify(body), duplex: "half" };
      const response = await fetch(new URL(path, address), init);
      const isJson = response.headers.get("Content-Type") === "application/json";
      const answer = isJson ? await response.json() : new Uint8Array(await response.arrayBuffer());
      return { status: response.status, body: answer, headers: response.headers };
    },
    stop: () => miniflare.dispose(),
  };
}

/** Bytes, at once or in pieces as they come. */
function isBytes(body) {
  return body instanceof Uint8Array || body instanceof ReadableStream;
}

function isSqlite(className) {
  return config.migrations.some(({ new_sqlite_classes = [] }) => new_sqlite_classes.includes(className));
}
