/**
 * CPU time a request, as the process that serves sees it: a Worker's own clock stands still while it computes. Linux only.
 *
 *     node test/measure.mjs [rounds]
 *
 * Beside the Worker runs one without a model, which reads a body and answers, or has an object read and write as many bytes. What
 * is left over it is the example's own. Workloads take turns in short rounds and differences are taken within a round, so that
 * they stand on a busy machine too.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, repository, weightsFile } from "./bundle.mjs";
import { readings as days } from "./readings.mjs";
import { libraryOf } from "./reference.mjs";
import { serve } from "./service.mjs";

const rounds = Number(process.argv[2] ?? 40);
const requests = 100;
/** Rounds that are not counted: the engine compiles what is hot. */
const warmUpRounds = 5;

const storage = mkdtempSync(join(tmpdir(), "recurve-measure-"));
const worker = await started(await bundle(repository), "worker");
const contents = readFileSync(new URL("bareWorker.js", import.meta.url), "utf8");
const without = await started([{ type: "ESModule", path: "worker.js", contents }], "bare");
await worker.ask("PUT", "/devices/one");

const readings = "/devices/one/readings";
const workloads = [
  { name: "a Worker that answers", of: without, request: ["POST", "/", { value: 12.5 }] },
  { name: "an object that stores", of: without, request: ["POST", "/", { stores: true }] },
  { name: "POST a reading", of: worker, request: ["POST", readings, { value: 12.5 }] },
  { name: "POST 100 readings", of: worker, request: ["POST", readings, { values: days }] },
  { name: "GET the state", of: worker, request: ["GET", "/devices/one"] },
  { name: "POST bad JSON", of: worker, request: ["POST", readings, '{"value": 12.5'] },
];

/** Milliseconds a request of each round, by workload. */
const found = Object.fromEntries(workloads.map(({ name }) => [name, []]));
for (let round = 0; round < warmUpRounds + rounds; round++) {
  for (const { name, of, request } of workloads) {
    const before = cpuMilliseconds(of.pid);
    for (let sent = 0; sent < requests; sent++) await of.ask(...request);
    if (round >= warmUpRounds) found[name].push((cpuMilliseconds(of.pid) - before) / requests);
  }
}
await Promise.all([worker.stop(), without.stop()]);
rmSync(storage, { recursive: true, force: true });
report();

/** A service and the process of workerd that was started for it. */
async function started(modules, name) {
  const before = children();
  const service = await serve(modules, join(storage, name));
  const [pid] = children().filter((child) => !before.includes(child));
  return { ...service, pid };
}

function children() {
  return readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
}

/** Time that the threads of a process have run, in the nanoseconds of the scheduler: `stat` counts hundredths of a second. */
function cpuMilliseconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
  return times.reduce((sum, time) => sum + Number(time), 0) / 1e6;
}

function report() {
  console.log(`CPU time of workerd a request, median and quartiles of ${rounds} rounds of ${requests}`);
  for (const [name, times] of Object.entries(found)) console.log(`  ${name.padEnd(36)} ${inWords(times, "ms")}`);
  console.log("of it");
  const ours = (name, base, share = 1) => found[name].map((time, round) => (time - found[base][round]) * share);
  for (const [name, times, unit] of [
    ["a reading, over an object that stores", ours("POST a reading", "an object that stores"), "ms"],
    ["a reading, over a Worker that answers", ours("POST a reading", "a Worker that answers"), "ms"],
    ["each of 99 more readings", ours("POST 100 readings", "POST a reading", 1000 / 99), "µs"],
  ])
    console.log(`  ${name.padEnd(36)} ${inWords(times, unit)}`);
  const { step, restored } = inThisProcess();
  console.log(`a step of the model in Node ${process.version}`);
  console.log(`  ${"alone".padEnd(36)} ${inWords(step, "µs")}`);
  console.log(`  ${"its snapshots read and written".padEnd(36)} ${inWords(restored, "µs")}`);
}

/** Microseconds of a step, alone and as a request has it. */
function inThisProcess() {
  const model = libraryOf(repository).loadModel(readFileSync(weightsFile));
  const session = model.session();
  let bytes = session.snapshot();
  const restored = () => {
    const stream = model.session(bytes);
    stream.step(0.25);
    bytes = stream.snapshot();
  };
  return { step: timed(() => session.step(0.25)), restored: timed(restored) };
}

function timed(act) {
  const calls = 2000;
  const times = Array.from({ length: warmUpRounds + rounds }, () => {
    const start = performance.now();
    for (let call = 0; call < calls; call++) act();
    return (1000 * (performance.now() - start)) / calls;
  });
  return times.slice(warmUpRounds);
}

function inWords(times, unit) {
  const sorted = times.toSorted((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)].toFixed(2));
  return `${middle} ${unit}   (${low} to ${high})`;
}
