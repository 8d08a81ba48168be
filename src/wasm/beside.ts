import { StateError } from "../errors.js";
import { useCore } from "./given.js";

let pending: Promise<void> | undefined;

/**
 * Fetches the core that lies beside the bundle, or at an address of yours, and gives it to the library. Every later call
 * waits for the same; a call that failed can be repeated.
 *
 * @param address where `core.wasm` is served; default: beside the file that this function is in
 *
 * @example
 * import { lstm, Model, ready } from "recurve/url";
 * await ready();
 * const model = new Model(lstm(8), { inputSize: 1 });
 *
 * @throws StateError when nothing can be fetched there; FormatError when it is not the core of this very version
 */
export function ready(address: string | URL = new URL("./core.wasm", import.meta.url)): Promise<void> {
  pending ??= load(address).catch((error: unknown) => {
    pending = undefined;
    throw error;
  });
  return pending;
}

async function load(address: string | URL): Promise<void> {
  let bytes: ArrayBuffer;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    bytes = await response.arrayBuffer();
  } catch (error) {
    throw new StateError(
      `core.wasm could not be fetched from ${address}: ${(error as Error).message}. Serve it there, give ready() its address, or import recurve itself, which carries it.`,
    );
  }
  // Compiled beside the page's own work; what cannot be compiled is refused in the words of useCore.
  useCore(await WebAssembly.compile(bytes).catch(() => bytes));
}
