import { loadPackage } from "../package.mjs";
import { timeRatio } from "../rounds.mjs";

/*
 * A character model: each step reads a character and tells the next. One update is forward + BPTT + Adam through the package. Read by
 * `oneHot` an input takes columns of weights; given as rows of numbers it is multiplied with them, to the same bits.
 * Work is that of the products which are left: recurrent and output, forward and twice back. Rows of numbers do more to get as far.
 */

const V = 64,
  T = 64,
  B = 32;
const CELLS = ["lstm", "gru", "elman"];
const BLOCKS = { lstm: 4, gru: 3, elman: 1 };

const label = (cell, H, input) => `${cell} H=${H} ${input}`;
const operations = (cell, H) => 3 * 2 * T * B * H * (BLOCKS[cell] * H + V);

/** Characters [B, T] with no order to be learned, as tokens and as rows of numbers, and the next ones. */
function examples({ Tensor, batches }) {
  const tokens = Float32Array.from({ length: B * T + 1 }, (_, at) => (at * 7919 + (at >> 3) * 31) % V);
  const rows = new Float32Array(B * T * V);
  for (let at = 0; at < B * T; at++) rows[at * V + tokens[at]] = 1;
  const target = new Tensor(tokens.slice(1), [B, T]);
  const batch = (values, shape) => {
    const [first] = batches({ input: new Tensor(values, shape), target }, { batchSize: B });
    return first;
  };
  return { tokens: batch(tokens.slice(0, B * T), [B, T]), numbers: batch(rows, [B, T, V]) };
}

/** An update, and the loss it begins with. */
function updates({ backpropagate, crossEntropy, Optimizer, adam }, model, batch) {
  const optimizer = new Optimizer(model, adam());
  return () => {
    const loss = backpropagate(model, batch, crossEntropy);
    optimizer.update();
    return loss;
  };
}

function pair(recurve, cell, H) {
  const { Model, sequential, oneHot, dense } = recurve;
  const layers = [recurve[cell](H, { name: "rnn" }), dense(V, { name: "head" })];
  const { tokens, numbers } = examples(recurve);
  const runs = {
    tokens: updates(recurve, new Model(sequential(oneHot(V), ...layers)), tokens),
    numbers: updates(recurve, new Model(sequential(...layers), { inputSize: V }), numbers),
  };
  for (let update = 0; update < 3; update++) {
    if (!Object.is(runs.tokens(), runs.numbers())) throw new Error(`${cell}: tokens and their rows train differently`);
  }
  return Object.entries(runs).map(([input, run]) => ({
    name: label(cell, H, input),
    work: operations(cell, H),
    run,
  }));
}

export const characters = {
  name: "characters",
  title: `Character model: ${V} characters, T=${T} B=${B}, forward + BPTT + Adam`,
  unit: "GFLOP/s",
  perMillisecond: 1e6,
  sizes: [128, 256],
  async items(_core, H) {
    const recurve = await loadPackage();
    return CELLS.flatMap((cell) => pair(recurve, cell, H));
  },
  extras(results) {
    return this.sizes.flatMap((H) =>
      CELLS.map((cell) => {
        const spread = timeRatio(results, label(cell, H, "numbers"), label(cell, H, "tokens"));
        return { name: `${cell} H=${H} numbers over tokens`, figure: spread.median, spread, unit: "times" };
      }),
    );
  },
};
