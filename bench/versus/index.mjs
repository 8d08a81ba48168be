/**
 * npm run bench:versus [-- --quick] [--only NAME] [--peer NAME]… [--json FILE] [--markdown FILE]
 * Measures recurve beside other libraries: same weights, same data, results checked before anything is timed.
 * `npm ci --prefix bench/versus --ignore-scripts` fetches the peers; bench/README.md says what is compared and how.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { requireFreshPackage } from "../package.mjs";
import { writeRecord } from "../record.mjs";
import { requireEqual } from "./agreement.mjs";
import { coldStarts } from "./coldStart.mjs";
import { materialOf } from "./material.mjs";
import * as brain from "./peers/brain.mjs";
import { onnxPeers } from "./peers/onnx.mjs";
import * as plain from "./peers/plain.mjs";
import * as pytorch from "./peers/pytorch.mjs";
import * as recurve from "./peers/recurve.mjs";
import { tfjsPeers } from "./peers/tfjs.mjs";
import { printColdStarts, printWorkload, toMarkdown } from "./report.mjs";
import { compare } from "./rounds.mjs";
import { workloads } from "./workloads.mjs";

const peers = [...tfjsPeers, ...onnxPeers, brain, plain, pytorch];
const names = [...Object.keys(workloads), "coldStart"];
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: names },
    peer: { type: "string", multiple: true, default: peers.map(({ name }) => name) },
    json: { type: "string" },
    markdown: { type: "string" },
  },
});
requireKnown("--only", options.only, names);
requireKnown(
  "--peer",
  options.peer,
  peers.map(({ name }) => name),
);
requireFreshPackage();

const rounds = options.quick ? 3 : 9;
const chosen = peers.filter(({ name }) => options.peer.includes(name));
for (const { name, absence } of chosen) if (absence !== undefined) console.log(`${name} takes no part: ${absence}.`);
if (pytorch.absence === undefined && !pytorch.hasOpenBlas)
  console.log("PyTorch runs without OpenBLAS (Debian: libopenblas0-pthread): its figures are several times too slow.");

const compared = [];
for (const [group, specs] of Object.entries(workloads)) {
  if (!options.only.includes(group)) continue;
  for (const spec of specs) compared.push({ group, ...(await compareOne(spec)) });
}
const starts = options.only.includes("coldStart") ? await coldStarts(rounds) : [];
if (starts.length > 0) printColdStarts(starts);

const report = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  rounds,
  workloads: compared,
  coldStarts: starts,
};
if (options.json !== undefined) writeRecord(options.json, report);
if (options.markdown !== undefined) writeFileSync(options.markdown, toMarkdown(report));
// tf.js leaves handles open.
process.exit(0);

/** Makes every contender, checks them, times them. */
async function compareOne(spec) {
  const material = await materialOf(spec);
  const contenders = [await recurve.make(spec, material)];
  const absent = [];
  try {
    const reference = { after: await contenders[0].sample() };
    for (const peer of chosen) {
      const reason = peer.absence ?? peer.refuses?.(spec);
      if (reason !== undefined) {
        absent.push({ name: peer.name, reason });
        continue;
      }
      const contender = await peer.make(spec, material);
      contenders.push(contender);
      if (!peer.isUnchecked) await check(peer, contender, spec, material, reference);
    }
    const results = await compare(contenders, rounds);
    const workload = { title: spec.title, targets: spec.targets, results, absent };
    printWorkload(workload);
    return workload;
  } finally {
    for (const contender of contenders) await contender.dispose?.();
  }
}

/** A peer whose GRU has the other form is held against recurve's of that form. */
async function check(peer, contender, spec, material, reference) {
  const form = spec.cell === "gru" && peer.reset === "before" ? "before" : "after";
  if (reference[form] === undefined) {
    const counterpart = await recurve.make(spec, material, form);
    reference[form] = await counterpart.sample();
    counterpart.dispose();
  }
  await contender.ready?.();
  const compared = (values) => (spec.act === "train" && peer.firstLossOnly ? values.subarray(0, 1) : values);
  requireEqual(`${peer.name}, ${spec.title}`, compared(await contender.sample()), compared(reference[form]));
}

function requireKnown(option, given, known) {
  const stranger = given.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  console.error(`${option} takes ${known.map((name) => `"${name}"`).join(", ")}, received "${stranger}".`);
  process.exit(2);
}
