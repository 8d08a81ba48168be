import { loadPackage } from "../package.mjs";
import { cells, recurrentLayer } from "../recurrent.mjs";
import { timeRatio } from "../rounds.mjs";
import { streamingItems } from "../streaming.mjs";

/*
 * Streams: a step of a session beside the core's own step, and ten thousand sessions one by one and at once. Every item's work
 * is steps of single streams.
 */

const INPUTS = 16;
/** Targets of a session's step in milliseconds, by units. */
const targets = { 16: 0.7e-3, 32: 1.4e-3, 64: 3.2e-3, 128: 9e-3, 256: 32e-3 };
const SESSIONS = 10_000,
  UNITS = 32;
/** Streams that `stepAll` runs side by side. */
const SIDE_BY_SIDE = 64;

const coreName = (H) => `lstm step D=${INPUTS} H=${H}`;
const sessionName = (H) => `session.step, lstm(${H})`;
const [ONE_BY_ONE, AT_ONCE] = [`${SESSIONS} sessions, one by one`, `${SESSIONS} sessions, stepAll`];
const ROWS = `core, ${SIDE_BY_SIDE} rows of one step, H=${UNITS}`;

const modelOf = ({ Model, lstm }, H) => new Model(lstm(H), { inputSize: INPUTS });

function stepItems(recurve) {
  return Object.keys(targets)
    .map(Number)
    .map((H) => {
      const session = modelOf(recurve, H).session();
      const [input, output] = [new Float32Array(INPUTS).fill(0.5), new Float32Array(H)];
      return { name: sessionName(H), work: 1, run: () => session.step(input, output) };
    });
}

function rowsItem(core, offsets) {
  const sizes = { T: 1, B: SIDE_BY_SIDE, D: INPUTS, H: UNITS, training: 0 };
  return { name: ROWS, work: SIDE_BY_SIDE, run: recurrentLayer(core, offsets, cells.lstm, sizes).forward };
}

/** Ten thousand sessions that share a model, each at a place of its own in the stream. */
function manyItems(recurve) {
  const model = modelOf(recurve, UNITS);
  const make = () => Array.from({ length: SESSIONS }, () => model.session());
  const [alone, together] = [make(), make()];
  const inputs = Float32Array.from({ length: SESSIONS * INPUTS }, (_, at) => Math.sin(at / 7));
  const rows = Array.from({ length: SESSIONS }, (_, at) => inputs.subarray(at * INPUTS, (at + 1) * INPUTS));
  const output = new Float32Array(UNITS);
  const outputs = new Float32Array(SESSIONS * UNITS);
  const stepEach = () => {
    for (let at = 0; at < SESSIONS; at++) alone[at].step(rows[at], output);
  };
  const stepTogether = () => recurve.stepAll(together, inputs, outputs);
  for (let step = 0; step < 3; step++) {
    stepEach();
    stepTogether();
  }
  verifySame(alone, together);
  return [
    { name: ONE_BY_ONE, work: SESSIONS, run: stepEach },
    { name: AT_ONCE, work: SESSIONS, run: stepTogether },
  ];
}

/** Throws unless both stand at the same bits, away from where they began. */
function verifySame(alone, together) {
  const seen = new Set();
  alone.forEach((session, at) => {
    const text = session.snapshot().toString();
    if (text !== together[at].snapshot().toString()) throw new Error(`session ${at} differs between step and stepAll`);
    seen.add(text);
  });
  if (seen.size < alone.length / 2) throw new Error("the sessions all stand at the same place");
}

export const sessions = {
  name: "sessions",
  title: `Streams: sessions of an LSTM, D=${INPUTS}`,
  unit: "steps/ms",
  perMillisecond: 1,
  digits: 0,
  yardsticks: "none",
  async items(core, _size, offsets) {
    const recurve = await loadPackage();
    const bare = streamingItems(core, offsets, INPUTS, Object.keys(targets).map(Number));
    // Beside each other, so that what they are compared with is measured in the same moment.
    const steps = stepItems(recurve).flatMap((item, index) => [bare[index], item]);
    return [...steps, ...manyItems(recurve), rowsItem(core, offsets)];
  },
  extras(results) {
    const perStream = (name) => {
      const { milliseconds } = results.find((result) => result.name === name);
      const share = name === ROWS ? 1 / SIDE_BY_SIDE : name === ONE_BY_ONE || name === AT_ONCE ? 1 / SESSIONS : 1;
      const [low, median, high] = ["low", "median", "high"].map((key) => milliseconds[key] * share);
      return { figure: median, spread: { low, high }, unit: "milliseconds" };
    };
    const ratio = (name, above, below, bound = {}) => {
      const spread = timeRatio(results, above, below);
      return { name, figure: spread.median, spread, unit: "times", ...bound };
    };
    return [
      ...Object.entries(targets).flatMap(([H, target]) => [
        { name: `session.step H=${H}, time`, ...perStream(sessionName(H)), target, isMost: true },
        ratio(`session.step H=${H} over the core's step`, sessionName(H), coreName(H)),
      ]),
      { name: "one by one, time a stream", ...perStream(ONE_BY_ONE) },
      { name: "stepAll, time a stream", ...perStream(AT_ONCE) },
      ratio("stepAll over one by one", AT_ONCE, ONE_BY_ONE, { target: 0.4, isMost: true }),
      ratio("stepAll over the core's rows alone", AT_ONCE, ROWS),
      ratio("the core's rows over the core's single step", ROWS, coreName(UNITS)),
    ];
  },
};
