/**
 * Trains the model that the Worker serves and writes `model.safetensors`: the weights, and in the file's metadata the
 * scaling and the calibration that belong to them.
 *
 *     node train.mjs [series.csv]
 *
 * The series is one reading a line, the last column; lines without a number are passed over. Default: ten years of daily minimum
 * temperatures. Of it 60 % train, 20 % calibrate, and 20 % tell how good it is: at least 150 readings are needed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import {
  adam,
  concatenate,
  cosineSchedule,
  dense,
  fit,
  gaussianNll,
  lstm,
  Model,
  readSafetensors,
  scaler,
  sequential,
  streams,
  truncated,
  writeSafetensors,
} from "recurve";

const source = process.argv[2] ?? new URL("../data/temperatures/dailyMinimum.csv", import.meta.url);
const file = new URL("model.safetensors", import.meta.url);
const epochs = 40;
/** Readings that a stream must have seen before its deviations mean anything. */
const warmUp = 30;
/** Held-out scores of which the largest but one says something about a threshold. */
const fewestScores = 30;

const series = readSeries(source);
const [calibrationFrom, testFrom] = [0.6, 0.8].map((share) => Math.round(share * series.length));
requireScores(testFrom - calibrationFrom);
const scale = scaler().fit(series.slice(0, calibrationFrom));
const scaled = Array.from(scale.transform(series));

const model = await train(scaled.slice(0, calibrationFrom));
const found = follow(model, scaled);
const { spread, threshold } = calibrate(found.slice(calibrationFrom, testFrom));
const { shift, scale: unit } = scale.toJSON();
const monitor = { shift: shift[0], scale: unit[0], spread, threshold, warmUp };
const { tensors, metadata } = readSafetensors(model.save());
writeFileSync(file, writeSafetensors(tensors, { ...metadata, monitor: JSON.stringify(monitor) }));
report(found.slice(testFrom));

function readSeries(path) {
  const cells = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .map((line) => line.split(",").at(-1).trim());
  return cells
    .filter((cell) => cell !== "")
    .map(Number)
    .filter(Number.isFinite);
}

/** @throws Error when too few readings are left for calibration: a threshold from a handful would flag everything */
function requireScores(count) {
  if (count >= fewestScores) return;
  throw new Error(
    `${series.length} readings leave ${count} to calibrate on, but ${fewestScores} are needed. Give 150 readings or more.`,
  );
}

/** The next reading as a normal distribution: a mean and a variance for each step, both out of the core, without `exp`. */
async function train(past) {
  const head = concatenate(dense(1, { name: "mean" }), dense(1, { name: "variance", activation: "softplus" }));
  const network = new Model(sequential(lstm(16, { name: "memory" }), head), { inputSize: 1, seed: 1 });
  await fit(network, streams(past, { batchSize: 6 }), {
    ...{ loss: gaussianNll({ spread: "variance" }), optimizer: adam({ learningRate: 5e-3 }), clipNorm: 1 },
    ...{ schedule: cosineSchedule({ steps: epochs, each: "epoch" }), epochs },
    ...{ batchSize: 6, truncate: truncated({ every: 30, window: 60 }) },
  });
  return network;
}

/** Every reading with what the one before let expect, as a device would have it. */
function follow(network, readings) {
  const session = network.session();
  let [mean, variance] = [0, 1];
  return readings.map((reading, at) => {
    const before = readings[at - 1] ?? reading;
    const seen = { reading, before, mean, deviation: Math.sqrt(variance) };
    [mean, variance] = session.step(reading);
    return seen;
  });
}

/**
 * The deviations are multiplied by one number, `spread`, with which the held-out readings lie one of them away as a root mean
 * square. The threshold is the held-out score that a reading in a thousand exceeds, where there are so many, else the largest but
 * one: a quantile that is one of the scores themselves keeps its promise for readings of the same kind.
 */
function calibrate(heldOut) {
  const away = heldOut.map(({ reading, mean, deviation }) => Math.abs(reading - mean) / deviation);
  const spread = rootMeanSquare(away);
  const scores = away.map((score) => score / spread).sort((a, b) => a - b);
  const rank = Math.min(Math.ceil(0.999 * (scores.length + 1)), scores.length - 1);
  return { spread, threshold: scores[rank - 1] };
}

function report(test) {
  const unit = monitor.scale;
  const errors = (pick) => (unit * rootMeanSquare(test.map((step) => step.reading - pick(step)))).toFixed(2);
  const flagged = (offset) =>
    test.filter(({ reading, mean, deviation }) => {
      return Math.abs(reading + offset / unit - mean) / (deviation * spread) > threshold;
    }).length / test.length;
  console.log(`${series.length} readings; of the last ${test.length}, which it has not seen:`);
  console.log(
    `  error of the forecast ${errors(({ mean }) => mean)}, of the reading before ${errors(({ before }) => before)}`,
  );
  console.log(`  a reading ${threshold.toFixed(2)} deviations away is an anomaly: ${percent(flagged(0))} of them are`);
  for (const offset of [6, 9, 12]) {
    const shares = `${percent(flagged(offset))} and ${percent(flagged(-offset))}`;
    console.log(`  with ${offset} more, and ${offset} less, than what was measured, ${shares} would be`);
  }
}

function rootMeanSquare(values) {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
