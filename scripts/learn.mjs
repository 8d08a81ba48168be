// Trains networks on larger tasks and holds them to what they must reach: npm run learn -- --list
//   npm run learn -- NAME… [--brief] [--seed N] [--out DIR]
// Each task is examples/learning/tasks/NAME.ts, bundled with the library's source. Ends with status 1 when a demand is missed.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "examples", "learning");
const names = readdirSync(join(folder, "tasks"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(/\.ts$/, ""))
  .sort();

const { positionals, brief, seed, out, list } = options();
if (list) await showList();
else for (const name of positionals) await learn(name);

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        list: { type: "boolean", default: false },
        brief: { type: "boolean", default: false },
        seed: { type: "string" },
        out: { type: "string", default: join(root, "build", "learn") },
      },
    });
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`There is no task "${unknown}". There are: ${names.join(", ")}.`);
    if (positionals.length === 0 && !values.list) throw new Error(`Which task? There are: ${names.join(", ")}.`);
    if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed))
      throw new Error(`--seed must be a whole number of at most nine digits, received ${values.seed}.`);
    return { ...values, positionals };
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run learn -- NAME… [--brief] [--seed N] [--out DIR] | --list`);
    process.exit(2);
  }
}

/** Bundles a file of examples/learning with the library's source and loads it. */
async function load(file) {
  const outfile = join(root, "build", "learn", "programs", `${file}.mjs`);
  await build({
    entryPoints: [join(folder, `${file}.ts`)],
    outfile,
    alias: { recurve: join(root, "src", "index.ts") },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", sourcemap: "inline", logLevel: "warning" },
  });
  return import(pathToFileURL(outfile).href);
}

async function showList() {
  const { verdict } = await load("verdict");
  for (const name of names) {
    const { task } = await load(join("tasks", name));
    const forms = task.brief === undefined ? "" : `; brief: ${bounds(task.brief)}`;
    console.log(`${name.padEnd(16)} ${task.title}: ${task.whole.measure}, ${bounds(task.whole)}${forms}`);
  }
  function bounds(demand) {
    return verdict(demand, Number.NaN).match(/\((.*)\)$/)[1];
  }
}

/** Trains one task, prints what came of it, and writes it down. */
async function learn(name) {
  const [{ task }, { isReached, verdict }] = [await load(join("tasks", name)), await load("verdict")];
  const demand = brief ? task.brief : task.whole;
  if (demand === undefined) return refuse(`${name} has no brief form.`);
  const lesson = lessonOf(name, task);
  console.log(`${name}: ${task.title}, seed ${lesson.seed}, Node ${process.versions.node}`);
  const [begun, started] = [process.cpuUsage(), performance.now()];
  const outcome = await task.run(lesson);
  const { user, system } = process.cpuUsage(begun);
  const time = { processor: (user + system) / 1e6, wall: (performance.now() - started) / 1000 };
  const { network, figure, beside = {}, sample } = outcome;
  if (sample !== undefined) console.log(`\n${sample}\n`);
  console.log(`${network}: ${verdict(demand, figure)}`);
  for (const [what, value] of Object.entries(beside)) console.log(`  ${what}: ${value}`);
  const isInTime = time.processor <= 60 * (demand.minutes ?? Number.POSITIVE_INFINITY);
  const limit = demand.minutes === undefined ? "" : ` (at most ${60 * demand.minutes})`;
  console.log(`${time.processor.toFixed(1)} s of processor time${limit}, ${time.wall.toFixed(1)} s by the clock`);
  const machine = { cpu: cpus()[0]?.model ?? "unknown", node: process.versions.node };
  const report = { name, isBrief: brief, seed: lesson.seed, ...outcome, demand, isReached: isReached(demand, figure) };
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify({ ...report, time, machine }, null, 2)}\n`);
  if (!report.isReached) refuse(`${name} has not reached what it is held to.`);
  else if (!isInTime) refuse(`${name} took longer than it may.`);
}

function lessonOf(name, task) {
  mkdirSync(out, { recursive: true });
  const progress = progressLine();
  return {
    seed: seed === undefined ? task.seed : Number(seed),
    isBrief: brief,
    read: (file) => readFileSync(join(root, "examples", "data", file)),
    progress,
    keep(file, contents) {
      const path = resolve(out, `${name}-${file}`);
      writeFileSync(path, contents);
      return path;
    },
  };
}

/** One line that is rewritten on a terminal, and a line for each twentieth where there is none. */
function progressLine() {
  const { stdout } = process;
  let shown = -1;
  return (done, standing) => {
    const text = `${(100 * done).toFixed(0).padStart(3)} %  ${standing}`;
    if (stdout.isTTY) stdout.write(`\r\x1b[2K${text.slice(0, (stdout.columns ?? 80) - 1)}${done >= 1 ? "\n" : ""}`);
    else if (Math.floor(20 * done) > shown) {
      shown = Math.floor(20 * done);
      stdout.write(`${text}\n`);
    }
  };
}

function refuse(message) {
  console.error(message);
  process.exitCode = 1;
}
