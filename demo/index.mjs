// Trains on eight years of airline passengers, forecasts the next four month by month, and shows how well.
//   node demo/index.mjs [--seeds N] [--out DIR]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stdout } from "node:process";
import { parseArgs } from "node:util";
import { Forecaster, gradientFlow, meanSquaredError } from "recurve";
import { lagBars } from "./lagBars.mjs";
import { progressLine } from "./progressLine.mjs";
import { svgChart } from "./svgChart.mjs";
import { terminalChart } from "./terminalChart.mjs";

const TRAINING_MONTHS = 96;
/** Share of months that the intervals are to hold. */
const INTERVAL = 0.9;
/** What the network is held to over its seeds, in thousands of passengers. */
const BOUND = { median: 15.3, worst: 18 };

const data = JSON.parse(readFileSync(new URL("./data/airlinePassengers.json", import.meta.url), "utf8"));
const { values } = data;
const train = values.slice(0, TRAINING_MONTHS);
const inColor = stdout.isTTY && !process.env.NO_COLOR;
const paint = (text) => (inColor ? `\x1b[38;5;208m${text}\x1b[0m` : text);
const dim = (text) => (inColor ? `\x1b[38;5;180m${text}\x1b[0m` : text);
const bold = (text) => (inColor ? `\x1b[1m${text}\x1b[0m` : text);
const print = (text = "") => stdout.write(`${text}\n`);

const { seeds, out } = options();
print(bold(`${data.title}, ${data.unit}`));
print(`${data.source}.`);
print(
  `Training on the first ${TRAINING_MONTHS} months; the last ${values.length - TRAINING_MONTHS} are forecast one month ahead, without refitting.\n`,
);

const { forecaster, report } = await run(1);
const [network] = report.entries;
const future = forecaster.predictInterval(values);
print(describeSettings(forecaster.settings));
print(`\n${drawChart()}\n`);
print(
  `      ${paint("•")} one month ahead   ${paint("+")} the next twelve months   ${dim("░")} ${percent(INTERVAL, 0)} interval   ┊ end of the training part\n`,
);
for (const { label, oneStep } of report.entries) print(`RMSE ${label} ${oneStep.rmse.toFixed(2)}`);
print(`\n${describeIntervals()}`);
print(
  `\n${bold("How the gradient fades")}: its norm at the hidden state, by months before the forecast (logarithmic bars)\n`,
);
const flow = gradientFlow(forecaster.models[0], forecaster.examples(train), meanSquaredError);
print(lagBars(flow.byLag, paint));
print(`  ${flow.verdict}\n`);
print(`Wrote ${writeSvg()}`);
if (seeds > 1) await compareSeeds();

function options() {
  try {
    const { values: given } = parseArgs({
      options: { seeds: { type: "string", default: "1" }, out: { type: "string", default: "demo-output" } },
    });
    const count = Number(given.seeds);
    if (!Number.isInteger(count) || count < 1 || count > 1000)
      throw new Error(`--seeds must be a whole number from 1 to 1000, received ${given.seeds}.`);
    return { seeds: count, out: given.out };
  } catch (error) {
    process.stderr.write(`${error.message}\nUsage: node demo/index.mjs [--seeds N] [--out DIR]\n`);
    process.exit(2);
  }
}

async function run(seed) {
  const line = progressLine(stdout);
  const start = performance.now();
  const trained = await Forecaster.train(train, {
    horizon: 12,
    interval: INTERVAL,
    seed,
    onProgress: line.show,
  });
  const took = (performance.now() - start) / 1000;
  const count = trained.models.length;
  line.end(`Seed ${seed}: ${count} networks, and twice ${count} for the intervals, trained in ${took.toFixed(2)} s.`);
  return { forecaster: trained, report: trained.backtest(values) };
}

function describeSettings({ cell, units, networks, lookback, epochs, log, difference, season }) {
  const stages = [
    log ? "log" : "",
    { none: "", first: "first difference", seasonal: "seasonal difference", both: "seasonal and first difference" }[
      difference
    ],
  ];
  const transform = stages.filter(Boolean).join(", ") || "scaling only";
  return `${networks} × ${cell}(${units}), lookback ${lookback}, ${epochs} epochs. Chosen on the training part: season ${season}, ${transform}.`;
}

function percent(share, digits) {
  return `${(100 * share).toFixed(digits)} %`;
}

function describeIntervals() {
  const { oneStep, path } = network.intervals;
  const { calibration } = forecaster.settings;
  return (
    `${bold(`${percent(INTERVAL, 0)} intervals`)}, calibrated on the last ${calibration} months of the training part: ` +
    `one month ahead they hold ${percent(oneStep.coverage, 1)} of ${report.count} months in a mean width of ${oneStep.width.toFixed(1)}, ` +
    `1 to ${report.horizon} months ahead ${percent(path.coverage, 1)} in ${path.width.toFixed(1)}.`
  );
}

function drawChart() {
  return terminalChart({
    values,
    forecasts: [
      { from: TRAINING_MONTHS, values: network.forecasts, mark: "•" },
      { from: values.length, values: future.forecast, mark: "+" },
    ],
    bands: [
      { from: TRAINING_MONTHS, ...network.intervals },
      { from: values.length, ...future },
    ],
    boundary: TRAINING_MONTHS,
    firstYear: data.firstYear,
    stepsPerYear: data.stepsPerYear,
    width: Math.min(Math.max(stdout.columns ?? 100, 60), 120),
    height: 20,
    paint,
    shade: dim,
  });
}

function writeSvg() {
  const rmse = new Map(report.entries.map(({ label, oneStep }) => [label, oneStep.rmse.toFixed(1)]));
  const subtitle =
    `RMSE ${rmse.get("network")} one month ahead over ${report.count} months. ` +
    `Seasonal naive with drift ${rmse.get("seasonal naive with drift")}, linear autoregression ${rmse.get("linear autoregression")}. ` +
    `The band holds ${percent(network.intervals.oneStep.coverage, 0)}.`;
  const oneStep = { forecast: network.forecasts, ...network.intervals };
  const chart = { ...data, subtitle, boundary: TRAINING_MONTHS, oneStep, future, interval: INTERVAL };
  mkdirSync(out, { recursive: true });
  const file = join(out, "forecast.svg");
  writeFileSync(file, svgChart(chart));
  return file;
}

async function compareSeeds() {
  print(`\n${bold(`Seeds 1 to ${seeds}`)}\n`);
  const found = [network.oneStep.rmse];
  for (let seed = 2; seed <= seeds; seed++) {
    const next = await run(seed);
    found.push(next.report.entries[0].oneStep.rmse);
    next.forecaster.dispose();
  }
  print();
  for (const [i, rmse] of found.entries()) print(`seed ${String(i + 1).padStart(2)}  RMSE network ${rmse.toFixed(2)}`);
  const sorted = [...found].sort((a, b) => a - b);
  const median = (sorted[(seeds - 1) >> 1] + sorted[seeds >> 1]) / 2;
  const worst = sorted[seeds - 1];
  print(`\nmedian RMSE network ${median.toFixed(2)}`);
  print(`worst RMSE network ${worst.toFixed(2)}`);
  if (median > BOUND.median || worst > BOUND.worst) {
    process.stderr.write(`The network is held to a median of ${BOUND.median} and none above ${BOUND.worst}.\n`);
    process.exitCode = 1;
  }
}
