/**
 * node bench/wideLanes.mjs [--only NAME]… [--rounds N] [--json FILE]
 * The workloads of `bench/versus` without its peers, with and without V8's option to join pairs of 128-bit operations of WebAssembly to
 * 256-bit ones, in two processes by turns. Their results must have the same bits. Needs a Node that knows the option: 24.
 */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { clock } from "./clock.mjs";
import { requireFreshPackage } from "./package.mjs";
import { writeRecord } from "./record.mjs";
import { materialOf } from "./versus/material.mjs";
import { make } from "./versus/peers/recurve.mjs";
import { wideLanesTable } from "./versus/report.mjs";
import { compare } from "./versus/rounds.mjs";
import { workloads } from "./versus/workloads.mjs";

const OPTION = "--experimental-wasm-revectorize";

if (process.send === undefined) await measure();
else await serve(JSON.parse(process.argv[2]));

async function measure() {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: Object.keys(workloads) },
      rounds: { type: "string", default: "9" },
      json: { type: "string" },
    },
  });
  requireFreshPackage();
  if (spawnSync(process.execPath, [OPTION, "--eval", "0"]).status !== 0)
    throw new Error(`${process.version} does not know ${OPTION}.`);
  const rounds = Number(values.rounds);
  const compared = [];
  for (const [group, specs] of Object.entries(workloads)) {
    if (!values.only.includes(group)) continue;
    for (const spec of specs) compared.push(await compareOne(spec, rounds));
  }
  if (values.json !== undefined) writeRecord(values.json, { node: process.version, rounds, workloads: compared });
}

async function compareOne(spec, rounds) {
  const contenders = [processOf("256 bits", spec, [OPTION]), processOf("128 bits", spec, [])];
  try {
    const [wide, plain] = await Promise.all(contenders.map(({ ask }) => ask({ act: "sample" })));
    if (wide.bits !== plain.bits) throw new Error(`${spec.title}: the bits differ.`);
    for (const contender of contenders) contender.perRun = plain.perRun;
    const [fast, slow] = await compare(contenders, rounds);
    const milliseconds = { "128 bits": slow.milliseconds.median, "256 bits": fast.milliseconds.median };
    const found = { title: spec.title, milliseconds, ratio: slow.ratio };
    const [[title, plainTime, wideTime, ratio, spread]] = wideLanesTable({ workloads: [found] }).rows;
    console.log(`${title.padEnd(58)}${plainTime.padStart(11)}${wideTime.padStart(11)}  ${ratio} (${spread})`);
    return found;
  } finally {
    for (const { child } of contenders) child.kill();
  }
}

/** A contender in a process of its own. */
function processOf(name, spec, execArgv) {
  const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(spec)], { execArgv });
  const ask = async (question) => {
    child.send(question);
    return (await once(child, "message"))[0];
  };
  return { name, child, ask, time: (turns) => ask({ act: "time", turns }) };
}

/** Answers the parent's questions: the bits of a result, or processor milliseconds for so many turns. */
async function serve(spec) {
  const contender = await make(spec, await materialOf(spec));
  const { perRun } = contender;
  const answers = {
    sample: async () => ({ bits: Buffer.from((await contender.sample()).buffer).toString("hex"), perRun }),
    async time({ turns }) {
      const begin = clock();
      for (let turn = 0; turn < turns; turn++) await contender.run();
      return Math.max(clock() - begin, 1e-3);
    },
  };
  process.on("message", async (question) => process.send(await answers[question.act](question)));
}
