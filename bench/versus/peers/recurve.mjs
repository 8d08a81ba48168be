import { loadPackage } from "../../package.mjs";
import { networkOf } from "../material.mjs";

export const name = "recurve";

/** recurve itself; with `reset: "before"` as the counterpart of peers that know only that GRU. */
export async function make(spec, material, reset = "after") {
  const recurve = await loadPackage();
  const model = await networkOf(spec, reset);
  const from = reset === "before" ? { gates: "rzn", kernels: "rows" } : "pytorch";
  recurve.importWeights(model, tensorsOf(recurve, material.weights), { from });
  const acts = { step, sequence, train };
  return { name, ...acts[spec.act](recurve, model, spec, material), dispose: () => model.dispose() };
}

function tensorsOf({ Tensor }, weights) {
  return new Map([...weights].map(([key, { data, shape }]) => [key, new Tensor(data, shape)]));
}

function step(_recurve, model, { units }, { input }) {
  const session = model.session();
  const output = new Float32Array(units);
  return {
    run: () => void session.step(input, output),
    /** The hidden state after three steps. */
    sample() {
      const fresh = model.session();
      for (let turn = 0; turn < 3; turn++) fresh.step(input, output);
      return output.slice();
    },
  };
}

function sequence({ Tensor }, model, { batchSize, steps, inputSize }, { input }) {
  const batch = new Tensor(input, [batchSize, steps, inputSize]);
  return { run: () => void model.predictBatch(batch), sample: () => model.predictBatch(batch).data.slice() };
}

function train(recurve, model, spec, material) {
  const { Optimizer, adam, sgd, backpropagate } = recurve;
  const rule = spec.optimizer === "adam" ? adam({ learningRate: spec.rate }) : sgd({ learningRate: spec.rate });
  const optimizer = new Optimizer(model, rule);
  const [batch] = recurve.batches(dataOf(recurve, spec, material), { batchSize: spec.batchSize });
  const loss = recurve[spec.loss];
  const update = () => {
    const value = backpropagate(model, batch, loss);
    optimizer.update();
    return value;
  };
  return {
    run: () => void update(),
    ...(spec.isSliding && sliding(recurve, model, spec)),
    sample: () => lossesOf(update),
  };
}

/** The losses before each of the first five updates. */
export function lossesOf(update) {
  return Float32Array.from({ length: 5 }, update);
}

function dataOf({ Tensor }, spec, { input, tokens, target }) {
  const { batchSize, steps, inputSize, vocabulary, answers, take } = spec;
  const rowsOf = (values, width) =>
    Array.from({ length: batchSize }, (_, index) => [...values.subarray(index * width, (index + 1) * width)]);
  const isStepwise = answers !== undefined || take === "all";
  return {
    input: vocabulary === undefined ? new Tensor(input, [batchSize, steps, inputSize]) : rowsOf(tokens, steps),
    target: isStepwise
      ? rowsOf(target, answers ?? steps)
      : spec.loss === "crossEntropy"
        ? [...target]
        : rowsOf(target, 1),
  };
}

/** Updates of one `fit`: so many that beginning it does not count. */
const UPDATES = 2000;

/** The textbook's way: windows of a series, one update each, through `fit`. */
function sliding(recurve, model, { steps, rate }) {
  const { fit, windows, sgd, meanSquaredError } = recurve;
  const series = Float32Array.from({ length: UPDATES + steps }, (_, t) => Math.sin(t / 5));
  const data = windows(series, { window: steps });
  const options = { loss: meanSquaredError, optimizer: sgd({ learningRate: rate }), batchSize: 1, shuffle: false };
  return { run: () => fit(model, data, options), perRun: UPDATES };
}
