import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  adam,
  backpropagate,
  clipGradients,
  columns,
  concatenate,
  crossEntropy,
  type Data,
  dense,
  dropout,
  embedding,
  gru,
  type Layer,
  type LossFunction,
  layerNorm,
  lstm,
  Model,
  meanSquaredError,
  Optimizer,
  oneHot,
  recurrent,
  residual,
  run,
  type States,
  sequential,
  type TruncatedOptions,
  fit as train,
  truncated,
} from "../../src/index.js";
import { expectSameBits } from "./bits.js";

const LENGTHS = [9, 4, 9, 0, 7, 1];
const LONGEST = Math.max(...LENGTHS);
const input = LENGTHS.map((length, sequence) =>
  Array.from({ length }, (_, step) => [Math.sin(1 + sequence * 7 + step), Math.cos(sequence - step * 3)]),
);
const target = input.map((rows) => rows.map(([a = 0, b = 0]) => [a - b]));
const ragged: Data = { input, target };
const equal: Data = { input: [input[0], input[2]], target: [target[0], target[2]] };
const EPOCHS = 4;

interface Trained {
  readonly losses: readonly number[];
  readonly weights: Float32Array;
}

function weightsOf(model: Model): Float32Array {
  return Float32Array.from(model.parameters.flatMap((parameter) => Array.from(parameter.read().data)));
}

async function fitted(network: Layer, data: Data, given?: TruncatedOptions): Promise<Trained> {
  using model = new Model(network, { inputSize: 2, seed: 3 });
  const losses: number[] = [];
  await train(model, data, {
    ...{
      loss: meanSquaredError,
      batchSize: 4,
      epochs: EPOCHS,
      shuffle: false,
      onUpdate: (loss: number) => losses.push(loss),
    },
    ...(given && { truncate: truncated(given) }),
  });
  return { losses, weights: weightsOf(model) };
}

/** The same by hand: one batch, backpropagate, clip, update. */
function byHand(network: Layer, data: Data): Trained {
  using model = new Model(network, { inputSize: 2, seed: 3 });
  const optimizer = new Optimizer(model, adam());
  const losses = Array.from({ length: EPOCHS }, () => {
    const loss = backpropagate(model, data, meanSquaredError);
    clipGradients(model, { norm: 1 });
    optimizer.update();
    return loss;
  });
  return { losses, weights: weightsOf(model) };
}

function expectSame(actual: Trained, expected: Trained): void {
  expect(actual.losses).toEqual(expected.losses);
  expectSameBits(actual.weights, expected.weights, "weights");
}

const noise = { zoneout: 0.2, recurrentDropout: 0.25, initialState: "learned" } as const;

describe.each(Object.keys(cells) as CellName[])(
  "a window as long as the sequences gives the bits of the whole: %s",
  (name) => {
    const { lateBlocks, recurrentBlocks } = cells[name];
    const isNoisy = recurrentBlocks + lateBlocks > 0;
    const options = isNoisy ? noise : { zoneout: noise.zoneout, initialState: noise.initialState };
    const network = sequential(
      recurrent(cells[name], 5, { ...options, normalization: "layer" }),
      dropout(0.2),
      recurrent(cells[name], 6, lateBlocks === 0 ? { projectionSize: 3 } : {}),
      dropout(0.1, { perSequence: true }),
      dense(1, { activation: "softsign" }),
    );
    const whole = { every: LONGEST, window: LONGEST };

    test("over equal and ragged sequences, noise and learned states included", async () => {
      for (const data of [equal, ragged]) expectSame(await fitted(network, data, whole), await fitted(network, data));
    });

    test("and longer windows change nothing", async () => {
      const longer = { every: LONGEST + 3, window: 2 * LONGEST + 5 };
      expectSame(await fitted(network, ragged, longer), await fitted(network, ragged));
    });
  },
);

test("it is what backpropagate, clipping and an update do by hand", async () => {
  const network = sequential(lstm(5), gru(4), dense(1));
  expectSame(await fitted(network, equal, { every: LONGEST, window: LONGEST }), byHand(network, equal));
});

test("a window of one update's steps is what chunks of the streams are, each begun with the state before it", async () => {
  const network = sequential(lstm(5), gru(4), dense(1));
  const every = 4;
  using model = new Model(network, { inputSize: 2, seed: 3 });
  const optimizer = new Optimizer(model, adam());
  const losses: number[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    let initialState: States = {};
    for (let from = 0; from < LONGEST; from += every) {
      const [chunk, wanted] = [equal.input, equal.target].map((all) =>
        (all as number[][][]).map((rows) => rows.slice(from, from + every)),
      );
      // Before the update: the state goes on as it was computed.
      const { finalState } = run(model, chunk, { initialState });
      losses.push(backpropagate(model, { input: chunk, target: wanted, initialState }, meanSquaredError));
      clipGradients(model, { norm: 1 });
      optimizer.update();
      initialState = finalState;
    }
  }
  expectSame(await fitted(network, equal, { every }), { losses, weights: weightsOf(model) });
});

describe("one mechanism for every layer that goes step by step", () => {
  const networks = {
    residual: sequential(gru(4), residual(gru(4)), dense(1)),
    branches: sequential(
      lstm(4),
      concatenate(columns(0, 2), sequential(columns(1, 4), dense(3, { activation: "gelu" }))),
      dense(1),
    ),
    dense: sequential(dense(3, { activation: "mish" }), dense(1)),
    normalised: sequential(gru(7), layerNorm(), residual(gru(7)), layerNorm({ bias: false }), dense(1)),
    "a bare recurrent layer": gru(1),
  };

  test.each(Object.entries(networks))("%s", async (_name, network) => {
    expectSame(await fitted(network, ragged, { every: LONGEST, window: LONGEST }), await fitted(network, ragged));
    const cut = await fitted(network, ragged, { every: 2, window: 5 });
    // Two batches an epoch, of 9 and of 7 steps.
    expect(cut.losses).toHaveLength(EPOCHS * (5 + 4));
  });

  test("an embedding with a padding token, classes, weights of steps", async () => {
    const tokens = LENGTHS.map((length, sequence) =>
      Array.from({ length }, (_, step) => (sequence * 5 + step * 3) % 7),
    );
    const data = {
      input: tokens,
      target: tokens.map((row) => row.map((token) => (token + 1) % 4)),
      weights: tokens.map((row) => row.map((token) => token / 4)),
    };
    const outcome = async (given?: TruncatedOptions) => {
      using model = new Model(sequential(embedding(7, 5, { paddingIndex: 2 }), lstm(4), dense(4)));
      await train(model, data, {
        loss: crossEntropy,
        batchSize: 6,
        epochs: 3,
        ...(given && { truncate: truncated(given) }),
      });
      return weightsOf(model);
    };
    expectSameBits(await outcome({ every: 9, window: 9 }), await outcome(), "weights");
    expect(await outcome({ every: 3, window: 6 })).not.toEqual(await outcome());
  });
});

test("tokens [batch, time] are read as they are without truncation", async () => {
  const tokens = {
    input: [
      [0, 3, 1, 4, 2],
      [2, 2, 0, 1, 3],
    ],
    target: [
      [3, 1, 4, 2, 0],
      [2, 0, 1, 3, 3],
    ],
  };
  const outcome = async (given?: TruncatedOptions) => {
    using model = new Model(sequential(embedding(5, 3), gru(4), dense(5)));
    await train(model, tokens, { loss: crossEntropy, epochs: 2, ...(given && { truncate: truncated(given) }) });
    return weightsOf(model);
  };
  expectSameBits(await outcome({ every: 5 }), await outcome(), "weights");
  expect(await outcome({ every: 2, window: 3 })).not.toEqual(await outcome());
});

test.each([
  ["read by their tokens", dense(5, { name: "first" })],
  ["read as rows", residual(gru(5, { name: "first" }))],
])("one-hot tokens %s give the bits of rows of numbers", async (_, first) => {
  const tokens = LENGTHS.map((length, sequence) => Array.from({ length }, (_, step) => (sequence * 5 + step * 3) % 5));
  const rows = tokens.map((sequence) => sequence.map((token) => [0, 1, 2, 3, 4].map((at) => (at === token ? 1 : 0))));
  const network = [first, lstm(4, { name: "rnn" }), dense(5, { name: "head" })];
  const outcome = async (input: Data["input"], model: Model) => {
    const data = { input, target: tokens };
    await train(model, data, {
      loss: crossEntropy,
      epochs: 2,
      batchSize: 3,
      truncate: truncated({ every: 2, window: 5 }),
    });
    return weightsOf(model);
  };
  const wanted = await outcome(rows, new Model(sequential(...network), { inputSize: 5 }));
  expectSameBits(await outcome(tokens, new Model(sequential(oneHot(5), ...network))), wanted, "weights");
});

test("a loss of one's own sees the steps since the last update alone, in the caller's order", async () => {
  using model = new Model(sequential(gru(3), dense(1)), { inputSize: 2 });
  const shapes: (readonly number[])[] = [];
  const wanted: number[][] = [];
  const loss: LossFunction = (prediction, { data, shape }) => {
    shapes.push(shape);
    wanted.push(Array.from(data));
    return { loss: 1, gradient: prediction.data };
  };
  const two = { input: [input[5], input[1]], target: [target[5], target[1]] };
  await train(model, two, { loss, shuffle: false, truncate: truncated({ every: 3, window: 4 }) });
  expect(shapes).toEqual([
    [2, 3, 1],
    [2, 1, 1],
  ]);
  const given = two.target.map((rows) => Array.from(Float32Array.from(rows.flat())));
  expect(wanted).toEqual([
    [given[0][0], 0, 0, ...given[1].slice(0, 3)],
    [0, given[1][3]],
  ]);
});

describe("what is told of sequences under way", () => {
  test("the epoch's loss is the mean over all steps, progress counts the part that is done", async () => {
    using model = new Model(sequential(gru(3), dense(1)), { inputSize: 2 });
    const losses: number[] = [];
    const optimizer = adam({ learningRate: 0 });
    const options = { loss: meanSquaredError, optimizer, batchSize: 2, shuffle: false };
    const parts = await train(model, equal, {
      ...options,
      truncate: truncated({ every: 4, window: 4 }),
      onUpdate: (loss) => losses.push(loss),
    });
    expect(losses).toHaveLength(3);
    const whole = await train(model, equal, options);
    // The same squares, summed in three parts instead of one.
    expect(parts.losses[0]).toBeCloseTo(whole.losses[0], 6);
    expect(parts.losses[0]).toBeCloseTo((losses[0] * 4 + losses[1] * 4 + losses[2]) / 9, 12);
  });
});
