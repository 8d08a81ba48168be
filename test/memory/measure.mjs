/** What many calls leave behind, of a bundle in a process of its own with --expose-gc, so that nobody else allocates. */
import { PerformanceObserver } from "node:perf_hooks";
import { argv, memoryUsage as processMemory } from "node:process";
import { pathToFileURL } from "node:url";

/** The bundle that the process was given. */
export const recurve = await import(pathToFileURL(argv[2]).href);

let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ["gc"] });
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

/**
 * Runs `act` warm, then counts what further calls of it leave: bytes of the heap, collections of garbage, bytes of the core.
 * Code goes with the last object of a kind that it was made for: what makes objects of its own in each call is warm only after
 * the large collection.
 */
export async function measure(calls, act, warm = calls / 4) {
  gc();
  act(warm);
  gc({ type: "minor" });
  await turn();
  const before = { heap: processMemory().heapUsed, core: recurve.memoryUsage(), collections };
  act(calls);
  const heap = processMemory().heapUsed - before.heap;
  await turn();
  const core = recurve.memoryUsage();
  return {
    heap,
    collections: collections - before.collections,
    core: [core.used - before.core.used, core.total - before.core.total],
  };
}
