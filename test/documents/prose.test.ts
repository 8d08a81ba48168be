import { expect, test } from "vitest";
import { documentLine } from "./documents.js";
import { core, figure, firstPrediction, gains, ratio, share, shares, time } from "./figures.js";

/* Sentences that say recorded figures once more. Where one is not found, the record has another figure, or the sentence was rewritten. */

const percent = (part: number) => (100 * part).toFixed(0);
const least = (figures: number[]) => Math.min(...figures);
const most = (figures: number[]) => Math.max(...figures);
const span = (figures: number[], digits: number, scale = 1) =>
  `${(scale * least(figures)).toFixed(digits)} to ${(scale * most(figures)).toFixed(digits)}`;

const trainingGains = gains("training step", "bidirectional", "encoder–decoder").flatMap(({ low, high }) => [
  low,
  high,
]);
const wideSteps = ["lstm", "gru"].flatMap((cell) =>
  gains(...[256, 512].map((units) => `step of a stream, ${cell} D=16 H=${units}`)).map(({ median }) => median),
);
const trainings = (units: number) =>
  ["elman", "gru", "lstm"].map((cell) => time(`training step, ${cell} T=50 B=32 D=8 H=${units}`, "tfjs wasm"));
const shortSteps = ["lstm", "gru"].map((cell) => time(`step of a stream, ${cell} D=16 H=32`, "onnxruntime-web"));
const sequence = (batch: number, cell: string) => `whole sequence, ${cell} T=100 B=${batch} D=64 H=128`;
const batches = ["elman", "gru", "lstm"].map((cell) => ratio(sequence(32, cell), "PyTorch"));
const web = [1, 32].map((batch) => ratio(sequence(batch, "lstm"), "onnxruntime-web").toFixed(1));
const lstm64 = ratio("step of a stream, lstm D=16 H=64", "tfjs wasm");
const lstm256 = ratio("training step, lstm T=50 B=32 D=8 H=256", "PyTorch");
const loops = 1000 * time("textbook update, elman H=16 k=10 B=1", "plain loops");

test.each([
  ["README.md", `An empty process takes ${firstPrediction("an empty process").toFixed(0)} ms of it`],
  ["README.md", `(${lstm256.toFixed(2)} to 1.24 for the LSTM of 256 from run to run`],
  ["README.md", `training in batches is ${span(trainingGains, 1)} times as fast then`],
  ["bench/README.md", `Training gains ${span(trainingGains, 1)}.`],
  ["bench/README.md", `Steps of a stream from H = 256 on gain ${span(wideSteps, 2)};`],
  ["bench/README.md", `a step of 32 units costs it ${span(shortSteps, 0, 1000)} µs`],
  ["bench/README.md", `at B = 32 PyTorch (${span(batches, 2)})`],
  ["bench/README.md", `against onnxruntime-web ${web.join(" and ")} for 1.8.`],
  ["bench/README.md", `A step takes it ${span(trainings(64), 0)} ms and ${span(trainings(256), 0)} ms here`],
  ["bench/README.md", `at H = 64 is ${lstm64.toFixed(1)} times recurve's for 100`],
  ["bench/README.md", `the plain loops take ${loops.toFixed(0)} µs here`],
  [
    "bench/README.md",
    `run at ${span(shares("products", /^step H=(32|64|128|256) /), 0, 100)} % of what 128-bit lanes allow`,
  ],
  [
    "bench/README.md",
    `Node ${core.machine.node.slice(1)}, ${core.rounds} rounds; peak ${core.peak.toFixed(1)} GFLOP/s`,
  ],
  ["bench/README.md", `square of 17** (${percent(share("products", "ragged square H=17 B=32"))} % for 65)`],
  ["bench/README.md", `adam on 16384 numbers** (${percent(share("optimizers", "adam n=16384"))} % for 70 %)`],
  ["bench/README.md", `zoneout at H = 64 (${figure("options", "H=64 zoneout 0.1 over plain").toFixed(2)} for 1.10)`],
  [
    "bench/README.md",
    `bidirectional at H = 64 (${figure("options", "H=64 bidirectional over plain").toFixed(2)} for 2.1)`,
  ],
])("%s says: %s", (file, sentence) => {
  expect(documentLine(file).includes(sentence), `${file} does not say: ${sentence}`).toBe(true);
});

test.each([
  [/`fit` over the core \((\S+) to (\S+) for 1.40\)/, figure("facade", "time of fit over core alone")],
  [/`stepAll` over single steps\*\* \((\S+) to (\S+) for 0.40\)/, figure("sessions", "stepAll over one by one")],
  [/an update through `fit` takes (\S+) to (\d\.\d)\./, 1000 * time("textbook update, elman H=16 k=10 B=1", "recurve")],
])("what bench/README.md says of several runs holds the recorded one: %s", (says, recorded) => {
  const [, low, high] = says.exec(documentLine("bench/README.md")) ?? [];
  // A range of figures with two digits may end just beside the run that gave it.
  expect(Number(low)).toBeLessThanOrEqual(recorded + 0.05);
  expect(Number(high)).toBeGreaterThanOrEqual(recorded - 0.05);
});
