/**
 * npm run bench [-- --quick] [--json FILE] [--only NAME]
 * Measures the core against the machine it runs on; bench/README.md says what and how.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { loadCore, loadPeak, planOffsets } from "./core.mjs";
import { requireFreshPackage } from "./package.mjs";
import { writeRecord } from "./record.mjs";
import { measure } from "./rounds.mjs";
import { activations } from "./suites/activations.mjs";
import { cells } from "./suites/cells.mjs";
import { characters } from "./suites/characters.mjs";
import { facade } from "./suites/facade.mjs";
import { optimizers } from "./suites/optimizers.mjs";
import { options as layerOptions } from "./suites/options.mjs";
import { products } from "./suites/products.mjs";
import { sessions } from "./suites/sessions.mjs";
import { truncated } from "./suites/truncated.mjs";
import { printExtras, printResults, printTitle } from "./table.mjs";

const suites = [products, activations, optimizers, cells, facade, sessions, layerOptions, truncated, characters];
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string" },
    core: { type: "string" },
  },
});
const rounds = options.quick ? 7 : 25;

if (options.only !== undefined && !suites.some(({ name }) => name === options.only)) {
  console.error(`--only takes one of: ${suites.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

// The core, the offsets of its plans and the package must be of one build.
await import("../scripts/build-core.mjs");
requireFreshPackage();

const peak = await loadPeak();
const offsets = (await planOffsets()).RecurrentPlan;
const PEAK_STEPS = 8000;
const peakItems = ["multiplyAdds", "multiplyAddsUnrolled"].map((name) => ({
  name,
  work: 128 * PEAK_STEPS,
  run: () => peak[name](PEAK_STEPS),
}));

/** Arrays of `count` floats in the peak module's own memory: read two, write one. */
function triadItem(count) {
  const base = 65536;
  const missing = base + 12 * count - peak.memory.buffer.byteLength;
  if (missing > 0) peak.memory.grow(Math.ceil(missing / 65536));
  return { name: "triad", work: 12 * count, run: () => peak.triad(base, base + 4 * count, base + 8 * count, count) };
}

async function runSuite(suite) {
  printTitle(suite);
  const all = [];
  for (const size of suite.sizes ?? [undefined]) {
    const core = loadCore(options.core);
    const items = await suite.items(core, size, offsets);
    const yardsticks = suite.yardsticks === "triad" ? [triadItem(size)] : peakItems;
    const measured = await measure(items, yardsticks, rounds);
    const results = measured.map((result, index) => ({ ...result, target: items[index].target }));
    printResults(suite, results);
    all.push(...results);
  }
  const extras = suite.extras(all);
  printExtras(extras);
  const { name, title, unit, perMillisecond, digits = 2, yardsticks } = suite;
  return { name, title, unit, perMillisecond, digits, yardsticks, results: all, extras };
}

const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  node: process.version,
  v8: process.versions.v8,
};
const [plain, unrolled] = await measure(peakItems, peakItems, rounds);
const peakRate = Math.max(plain.rate.median, unrolled.rate.median) / 1e6;
console.log(`${machine.cpu}, Node ${machine.node}, V8 ${machine.v8}`);
console.log(`SIMD multiply-add peak of WebAssembly: ${peakRate.toFixed(1)} GFLOP/s`);
const reports = [];
for (const suite of suites) {
  if (options.only === undefined || suite.name === options.only) reports.push(await runSuite(suite));
}
if (options.json !== undefined) writeRecord(options.json, { machine, rounds, peak: peakRate, suites: reports });
