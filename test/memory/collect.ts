import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Collects garbage and lets finalizers run, until `isDone` or a good many turns of the event loop. */
export async function collect(isDone: () => boolean = () => false): Promise<void> {
  for (let turn = 0; turn < 40 && !isDone(); turn++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Bytes that live objects of JavaScript take. */
export async function liveBytes(): Promise<number> {
  await collect();
  return process.memoryUsage().heapUsed;
}
