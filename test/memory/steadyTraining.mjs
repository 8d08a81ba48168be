/** node --expose-gc steadyTraining.mjs BUNDLE: what the steps of many updates leave behind; prints JSON. */
import { measure, recurve } from "./measure.mjs";

const { adam, dense, encoderDecoder, lstm, meanSquaredError, Model, sequential, Trainer, truncated } = recurve;
const EXAMPLES = 200;

/** Sequences of one feature whose lengths differ, the first the longest: no plan grows after the first batch. */
const ragged = (longest) =>
  Array.from({ length: EXAMPLES }, (_, example) => {
    const steps = longest - (example % (longest >> 1));
    return Array.from({ length: steps }, (_, step) => [Math.sin(example + step)]);
  });

function trainer(layer, longest, options) {
  const [input, target] = [ragged(longest.input), ragged(longest.target)];
  const common = { loss: meanSquaredError, optimizer: adam(), shuffle: false };
  return new Trainer(new Model(layer, { inputSize: 1 }), { input, target }, { ...common, ...options });
}

const answering = (options) =>
  trainer(
    encoderDecoder({ cell: "gru", inputSize: 1, outputSize: 1, units: 2, teacherForcing: 0.5, ...options }),
    { input: 4, target: 2000 },
    { batchSize: 2 },
  );
const network = () => sequential(lstm(2), dense(1));

const cases = {
  none: [48, answering({})],
  dot: [48, answering({ attention: "dot" })],
  additive: [48, answering({ attention: "additive" })],
  ragged: [200, trainer(network(), { input: 8, target: 8 }, { batchSize: EXAMPLES / 2 })],
  windows: [
    200,
    trainer(network(), { input: 32, target: 32 }, { batchSize: EXAMPLES / 2, truncate: truncated({ every: 8 }) }),
  ],
};

/** The round that leaves least: in those before it the engine still makes code, of which there is much more than in a step. */
async function leastOf(rounds, updates, one) {
  let least;
  for (let round = 0; round < rounds; round++) {
    const found = await measure(updates, (batches) => void one.run({ batches }));
    if (least === undefined || found.heap < least.heap) least = found;
  }
  return least;
}

const found = {};
for (const [name, [updates, one]] of Object.entries(cases)) found[name] = await leastOf(4, updates, one);
console.log(JSON.stringify(found));
