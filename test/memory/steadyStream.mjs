/**
 * node --expose-gc steadyStream.mjs BUNDLE: what many steps leave behind in the heap of JavaScript and in the core's memory.
 * Alone in its process, so that nobody else allocates; prints JSON.
 */
import { PerformanceObserver } from "node:perf_hooks";
import { argv, memoryUsage as processMemory } from "node:process";
import { pathToFileURL } from "node:url";

const { dense, gru, lastStep, lstm, Model, memoryUsage, residual, sequential, stepAll } = await import(
  pathToFileURL(argv[2]).href
);
const STEPS = 1_000_000;
const SESSIONS = 200;

let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ["gc"] });
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Runs `act` warm, then counts what further calls of it leave: bytes of the heap, collections of garbage, bytes of the core. */
async function measure(calls, act) {
  act(calls / 4);
  gc();
  await turn();
  const before = { heap: processMemory().heapUsed, core: memoryUsage(), collections };
  act(calls);
  const heap = processMemory().heapUsed - before.heap;
  await turn();
  const core = memoryUsage();
  return {
    heap,
    collections: collections - before.collections,
    core: [core.used - before.core.used, core.total - before.core.total],
  };
}

const small = new Model(lstm(2), { inputSize: 1 });
const single = small.session();
const [one, two] = [new Float32Array([0.5]), new Float32Array(2)];
const deep = new Model(sequential(lstm(3), gru(5), lastStep(), dense(2)), { inputSize: 3 });
const stacked = deep.session();
const bypassed = new Model(sequential(residual(gru(3)), dense(2)), { inputSize: 3 }).session();
const row = [0.1, 0.2, 0.3];
const many = Array.from({ length: SESSIONS }, () => small.session());
const [inputs, outputs] = [new Float32Array(SESSIONS).fill(0.5), new Float32Array(2 * SESSIONS)];

const found = {
  single: await measure(STEPS, (calls) => {
    for (let call = 0; call < calls; call++) single.step(one, two);
  }),
  number: await measure(STEPS, (calls) => {
    for (let call = 0; call < calls; call++) single.step(0.25, two);
  }),
  stacked: await measure(STEPS / 4, (calls) => {
    for (let call = 0; call < calls; call++) stacked.step(row, two);
  }),
  residual: await measure(STEPS / 4, (calls) => {
    for (let call = 0; call < calls; call++) bypassed.step(row, two);
  }),
  stepAll: await measure(STEPS / SESSIONS, (calls) => {
    for (let call = 0; call < calls; call++) stepAll(many, inputs, outputs);
  }),
};
console.log(JSON.stringify(found));
