import { loadPackage, loadRecordedPackage } from "../package.mjs";
import { quartiles, timeRatio } from "../rounds.mjs";
import { streamingItems } from "../streaming.mjs";
import { plainNetwork } from "../textbook.mjs";

/*
 * What a program sees: the textbook's update through `fit`, predictions, and the step of a stream.
 */

const UNITS = 16,
  WINDOW = 10,
  RATE = 0.01;
/** Updates of one `fit`: so many that making the optimizer does not count. */
const UPDATES = 4000;
/** Streaming targets in milliseconds a step, by units. */
const streaming = { 16: 0.7e-3, 32: 1.4e-3, 64: 3.2e-3, 128: 9e-3, 256: 32e-3 };
const STREAM_INPUTS = 16;

const [FIT, INSIDE, PLAIN] = ["textbook update, fit", "textbook update, core alone", "textbook update, plain loops"];

const sine = (length) => Float32Array.from({ length }, (_, t) => Math.sin(t / 5));

function textbookModel({ Model, manyToOne }) {
  return new Model(manyToOne({ cell: "elman", inputSize: 1, units: UNITS, outputSize: 1, activation: "tanh" }));
}

function textbookFit(recurve, model, series, more = {}) {
  const { fit, windows, meanSquaredError, sgd } = recurve;
  const data = windows(series, { window: WINDOW });
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: RATE }), batchSize: 1, shuffle: false };
  return () => fit(model, data, { ...options, ...more });
}

/** The calls into the core of one update in the middle of a run, made again and again. */
async function coreAlone() {
  const { recurve, record, replay } = await loadRecordedPackage();
  let calls;
  const onUpdate = () => {
    calls = record();
  };
  await textbookFit(recurve, textbookModel(recurve), sine(WINDOW + 5), { onUpdate })();
  const turns = await replay(calls);
  return { name: INSIDE, work: UPDATES, run: () => turns(UPDATES) };
}

const exchangeNames = {
  weight_ih_l0: "weightIh",
  weight_hh_l0: "weightHh",
  bias_ih_l0: "biasIh",
  bias_hh_l0: "biasHh",
};

/** A model's weights under the names of the plain network. */
function weightsOf(model) {
  return Object.fromEntries(
    model.parameters.map((parameter) => {
      const name = parameter.name.slice(parameter.name.lastIndexOf(".") + 1);
      return [exchangeNames[name] ?? name, parameter.read().data.slice()];
    }),
  );
}

/** Throws unless the plain network learns the same as the model. */
async function verifyPlain(recurve) {
  const series = sine(WINDOW + 200);
  const model = textbookModel(recurve);
  const weights = weightsOf(model);
  const update = plainNetwork(weights, WINDOW);
  for (let from = 0; from + WINDOW < series.length; from++) update(series, from, RATE);
  await textbookFit(recurve, model, series)();
  for (const [name, values] of Object.entries(weightsOf(model))) {
    values.forEach((value, index) => {
      // The 200 updates move weights by up to 0.09; another order of float32 sums makes them differ by 1.5e-7.
      if (!(Math.abs(value - weights[name][index]) < 1e-6)) throw new Error(`plain loops: ${name} [${index}] differs`);
    });
  }
  model.dispose();
}

async function textbookItems(recurve) {
  await verifyPlain(recurve);
  const series = sine(UPDATES + WINDOW);
  const model = textbookModel(recurve);
  const update = plainNetwork(weightsOf(model), WINDOW);
  const plain = () => {
    for (let from = 0; from < UPDATES; from++) update(series, from, RATE);
  };
  return [
    { name: FIT, work: UPDATES, run: textbookFit(recurve, model, series), waits: true },
    await coreAlone(),
    { name: PLAIN, work: UPDATES, run: plain },
  ];
}

function predictionItems(recurve) {
  const { Model, Tensor, sequential, lstm, lastStep, dense } = recurve;
  const small = textbookModel(recurve);
  const larger = new Model(sequential(lstm(32), lastStep(), dense(1)), { inputSize: 4 });
  const short = new Tensor(sine(WINDOW), [WINDOW, 1]);
  const long = new Tensor(sine(200), [50, 4]);
  return [
    { name: `prediction, elman(${UNITS}) over ${WINDOW} steps`, work: 1, run: () => small.predict(short) },
    { name: "prediction, lstm(32) over 50 steps", work: 1, run: () => larger.predict(long) },
  ];
}

export const facade = {
  name: "facade",
  title: "The package as a program sees it",
  unit: "per second",
  perMillisecond: 1e-3,
  digits: 0,
  yardsticks: "none",
  async items(core, _size, offsets) {
    const recurve = await loadPackage();
    const steps = streamingItems(core, offsets, STREAM_INPUTS, Object.keys(streaming).map(Number));
    return [...(await textbookItems(recurve)), ...predictionItems(recurve), ...steps];
  },
  extras(results) {
    const perSecond = quartiles(results.find(({ name }) => name === FIT).rates.map((rate) => rate * 1000));
    const inside = timeRatio(results, FIT, INSIDE);
    const plain = timeRatio(results, PLAIN, FIT);
    const steps = Object.entries(streaming).map(([H, target]) => {
      const { milliseconds } = results.find(({ name }) => name === `lstm step D=${STREAM_INPUTS} H=${H}`);
      const figure = { figure: milliseconds.median, spread: milliseconds, unit: "milliseconds" };
      return { name: `lstm step H=${H}, time`, ...figure, target, isMost: true };
    });
    return [
      { name: "updates a second, fit", figure: perSecond.median, spread: perSecond, unit: "perSecond", target: 300000 },
      {
        name: "time of fit over core alone",
        figure: inside.median,
        spread: inside,
        unit: "times",
        target: 1.4,
        isMost: true,
      },
      { name: "time of plain loops over fit", figure: plain.median, spread: plain, unit: "times" },
      ...steps,
    ];
  },
};
