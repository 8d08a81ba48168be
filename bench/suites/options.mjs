import { loadPackage } from "../package.mjs";
import { timeRatio } from "../rounds.mjs";

/*
 * What an option of a layer costs: forward + BPTT of an LSTM with it over the same without, through `backpropagate`. The layer is
 * the first of its network, so nobody asks for the gradient of its input; the mean over its steps is the answer.
 */

const T = 100,
  B = 32,
  D = 64;

/** What each network is compared to, and the time over that which it is not to exceed. */
const comparisons = [
  { name: "ragged lengths", base: "plain", target: 0.6 },
  { name: "bidirectional", base: "plain", target: 2.1 },
  { name: "recurrent dropout 0.3", base: "plain", target: 1.1 },
  { name: "zoneout 0.1", base: "plain", target: 1.1 },
  { name: "projection", base: "plain" },
  { name: "peepholes", base: "plain" },
  { name: "layer norm", base: "plain" },
  // The kernel is the general one there: what is left is the normalisation alone.
  { name: "layer norm", base: "peepholes" },
  { name: "dropout 0.3 between", base: "two layers" },
];

function networks({ sequential, lstm, bidirectional, dropout, mean }, H) {
  const answer = (...layers) => sequential(...layers, mean());
  return {
    plain: answer(lstm(H)),
    "ragged lengths": answer(lstm(H)),
    bidirectional: answer(bidirectional(lstm(H))),
    "recurrent dropout 0.3": answer(lstm(H, { recurrentDropout: 0.3 })),
    "zoneout 0.1": answer(lstm(H, { zoneout: 0.1 })),
    projection: answer(lstm(H, { projectionSize: H / 2 })),
    peepholes: answer(lstm(H, { peepholes: true })),
    "layer norm": answer(lstm(H, { normalization: "layer" })),
    "two layers": answer(lstm(H), lstm(H)),
    "dropout 0.3 between": answer(lstm(H), dropout(0.3), lstm(H)),
  };
}

/** B lengths, uniform in 1 … T and out of order: mean 50.5. */
const raggedLengths = Int32Array.from({ length: B }, (_, i) => Math.round((((i * 7) % B) + 0.5) * (T / B) + 0.5));

/** A number in (−1, 1) from a place: Weyl's sequence of the golden ratio. */
const noise = (_, i) => (((i + 1) * 0.6180339887498949) % 1) * 2 - 1;

function examples({ Tensor, batches }, width, isRagged) {
  const input = new Tensor(Float32Array.from({ length: B * T * D }, noise), [B, T, D]);
  const target = new Tensor(Float32Array.from({ length: B * width }, noise), [B, width]);
  const lengths = isRagged ? { lengths: raggedLengths } : {};
  const [batch] = batches({ input, target, ...lengths }, { batchSize: B });
  return batch;
}

function item(recurve, name, network, isRagged) {
  const { Model, Tensor, backpropagate, clearGradients, meanSquaredError, gradientNorm } = recurve;
  const model = new Model(network, { inputSize: D });
  const [width] = model.predict(new Tensor(new Float32Array(D), [1, D])).shape;
  const batch = examples(recurve, width, isRagged);
  const run = () => {
    clearGradients(model);
    backpropagate(model, batch, meanSquaredError);
  };
  run();
  // Without this, a network whose way back does nothing would look fast.
  for (const parameter of model.parameters) {
    if (parameter.gradient().data.every((value) => value === 0))
      throw new Error(`${name}: no gradient of ${parameter.name}`);
  }
  if (!Number.isFinite(gradientNorm(model))) throw new Error(`${name}: the gradient is not finite`);
  return { name, work: 1, run };
}

const label = (H, name) => `lstm H=${H} ${name}`;

export const options = {
  name: "options",
  title: `Options of an LSTM, T=${T} B=${B} D=${D}, forward + BPTT`,
  unit: "per second",
  perMillisecond: 1e-3,
  digits: 1,
  yardsticks: "none",
  sizes: [64, 128],
  async items(_core, H) {
    const recurve = await loadPackage();
    return Object.entries(networks(recurve, H)).map(([name, network]) =>
      item(recurve, label(H, name), network, name.startsWith("ragged")),
    );
  },
  extras(results) {
    return this.sizes.flatMap((H) => ratios(results, H));
  },
};

function ratios(results, H) {
  return comparisons.map(({ name, base, target }) => {
    const ratio = timeRatio(results, label(H, name), label(H, base));
    return {
      name: `H=${H} ${name} over ${base}`,
      figure: ratio.median,
      spread: ratio,
      unit: "times",
      target,
      isMost: true,
    };
  });
}
