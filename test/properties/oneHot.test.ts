import { describe, expect, test } from "vitest";
import { type CellName, cells } from "../../src/cells/index.js";
import {
  adam,
  backpropagate,
  bidirectional,
  columns,
  concatenate,
  crossEntropy,
  dense,
  dropout,
  fit,
  gru,
  type Layer,
  lastStep,
  lstm,
  Model,
  oneHot,
  recurrent,
  residual,
  run,
  sequential,
} from "../../src/index.js";
import { cellVariants, projectable } from "../oracle/cellVariants.js";
import { expectSameBits } from "./bits.js";

/*
 * A layer behind oneHot takes columns of its weights where the same layer behind rows of numbers multiplies: every bit of what
 * both give is the same.
 */

/** Steps of the batch that leave 6 … 1 rows, in no order; the tokens among them come again in one sequence and in one step. */
const LENGTHS = [5, 0, 9, 2, 9, 1, 7];
const CLASSES = 3;

const tokensOf = (size: number) =>
  LENGTHS.map((length, sequence) =>
    Array.from({ length }, (_, step) => (sequence * 5 + step * step + (step >> 1)) % size),
  );
const targets = LENGTHS.map((length, sequence) => Array.from({ length }, (_, step) => (sequence + step * 2) % CLASSES));
const rowsOf = (tokens: readonly number[][], size: number) =>
  tokens.map((sequence) => sequence.map((token) => Array.from({ length: size }, (_, at) => (at === token ? 1 : 0))));
/** Holes at the beginning, in the middle and at the end. */
const mask = LENGTHS.map((length, sequence) =>
  Array.from({ length }, (_, step) => ((sequence + step) % 3 === 0 || (sequence === 2 && step < 2) ? 0 : 1)),
);
type Kind = { readonly mask?: readonly number[][] };

interface Pair {
  /** The same layers behind tokens, and behind rows of numbers: names, and so what is drawn for them, are the same. */
  readonly byTokens: Model;
  readonly byRows: Model;
  readonly tokens: readonly number[][];
  readonly rows: readonly number[][][];
}

function pair(size: number, ...layers: readonly Layer[]): Pair {
  const tokens = tokensOf(size);
  const byTokens = new Model(sequential(oneHot(size), ...layers), { seed: 11 });
  const byRows = new Model(sequential(...layers), { inputSize: size, seed: 11 });
  // A layer without a name goes by its place, and draws other values there.
  byRows.parameters.forEach((parameter, index) => byTokens.parameters[index]?.write(parameter.read()));
  return { byTokens, byRows, tokens, rows: rowsOf(tokens, size) };
}

function expectSameStates(found: ReturnType<typeof run>, wanted: ReturnType<typeof run>, label: string): void {
  expectSameBits(found.output.data, wanted.output.data, `${label} output`);
  const all = Object.values(found.finalState);
  Object.values(wanted.finalState).forEach((states, index) => {
    for (const [name, { data }] of Object.entries(states))
      expectSameBits(all[index]?.[name]?.data ?? [], data, `${label} ${index}.${name}`);
  });
}

function expectSameParameters({ byTokens, byRows }: Pair, of: "gradient" | "read"): void {
  expect(byTokens.parameters).toHaveLength(byRows.parameters.length);
  byRows.parameters.forEach((parameter, index) => {
    const found = byTokens.parameters[index]?.[of]().data ?? [];
    expectSameBits(found, parameter[of]().data, `${of} ${parameter.name}`);
  });
}

/** Everything that both give, before and after some updates. */
async function expectSame(both: Pair, kind: Kind = {}): Promise<void> {
  const { byTokens, byRows, tokens, rows } = both;
  const options = { loss: crossEntropy, optimizer: adam({ learningRate: 0.05 }), epochs: 2, batchSize: 3 };
  const inputs = [
    { input: tokens, target: targets, ...kind },
    { input: rows, target: targets, ...kind },
  ] as const;
  for (const round of ["at first", "trained"]) {
    expectSameStates(run(byTokens, tokens, kind), run(byRows, rows, kind), round);
    // Twice: gradients accumulate.
    for (let turn = 0; turn < 2; turn++) {
      expect(backpropagate(byTokens, inputs[0], crossEntropy)).toBe(backpropagate(byRows, inputs[1], crossEntropy));
    }
    expectSameParameters(both, "gradient");
    await fit(byTokens, inputs[0], options);
    await fit(byRows, inputs[1], options);
    expectSameParameters(both, "read");
  }
}

const head = dense(CLASSES, { name: "head" });

describe.each(Object.keys(cells))("%s behind oneHot", (cell) => {
  const of = cells[cell as CellName] as never;
  test.each(cellVariants(cell))("has the bits of the product: $label", async ({ options }) => {
    for (const direction of ["forward", "reverse"] as const)
      await expectSame(pair(9, recurrent(of, 5, { ...options, direction, name: "rnn" }), head));
  });

  test.each([
    [1, 1],
    [2, 3],
    [7, 4],
    [8, 9],
    [13, 16],
    [20, 17],
  ])("has them with %i tokens and %i units, masked or not", async (size, units) => {
    await expectSame(pair(size, recurrent(of, units, { name: "rnn" }), head));
    await expectSame(pair(size, recurrent(of, units, { name: "rnn", direction: "reverse" }), head), { mask });
  });

  test("has them with every option of a layer", async () => {
    const { recurrentBlocks } = cells[cell as CellName];
    const more = {
      ...{ bias: false, zoneout: 0.2, initialState: "learned" as const, name: "rnn" },
      ...(recurrentBlocks > 0 ? { recurrentDropout: 0.3 } : {}),
      ...(projectable.includes(cell) ? { projectionSize: 3 } : {}),
    };
    await expectSame(pair(6, recurrent(of, 5, more), head));
    await expectSame(pair(6, recurrent(of, 5, { ...more, bias: true }), head), { mask });
  });
});

describe("what is behind oneHot", () => {
  const inner = (name: string) => gru(4, { name });
  const networks: Record<string, readonly Layer[]> = {
    "a dense layer": [dense(5, { name: "d", activation: "tanh" }), head],
    "a dense layer without bias": [dense(17, { name: "d", bias: false }), head],
    "layers in both directions": [bidirectional(lstm(5, { name: "rnn" })), head],
    "a chain": [sequential(inner("a"), inner("b"), head)],
    "layers side by side": [concatenate(inner("a"), dense(3, { name: "b" }), bidirectional(inner("c"))), head],
    "the output of a dense layer": [head],
    // From here on somebody reads the rows themselves.
    "a bypass": [residual(lstm(6, { name: "rnn" })), head],
    "the rows beside a layer": [concatenate(inner("a"), sequential(columns(1, 4), dense(2, { name: "b" }))), head],
    dropout: [dropout(0.4, { name: "drop" }), lstm(5, { name: "rnn" }), head],
    "the rows' columns": [columns(0, 5), lstm(5, { name: "rnn" }), head],
  };
  test.each(Object.keys(networks))("has the bits of rows of numbers: %s", async (name) => {
    await expectSame(pair(6, ...(networks[name] as readonly Layer[])));
    await expectSame(pair(6, ...(networks[name] as readonly Layer[])), { mask });
  });

  test("may be nothing", () => {
    expect(new Model(oneHot(3)).predict([2, 0]).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    const last = new Model(sequential(oneHot(3), lastStep()));
    expect(last.predictBatch([[2, 0], [], [1, 2]]).toArray()).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });

  test("may be a token among features", () => {
    const network = (first: Layer) =>
      sequential(
        concatenate(sequential(columns(0, 1), first, lstm(4, { name: "rnn" })), columns(1, 3)),
        dense(2, { name: "head" }),
      );
    const model = new Model(network(oneHot(5)), { inputSize: 3 });
    const rows = [3, 0, 4].map((token, step) => [token, step / 7, -step]);
    const alone = new Model(lstm(4), { inputSize: 5 });
    for (const parameter of alone.parameters)
      parameter.write(model.parameters.find(({ name }) => name.endsWith(parameter.name))?.read() as never);
    const wanted = run(alone, rowsOf([[3, 0, 4]], 5)).finalState;
    const found = run(model, [rows]).finalState;
    expectSameBits(Object.values(found)[0]?.h?.data ?? [], Object.values(wanted)[0]?.h?.data ?? [], "h");
    expect(Object.keys(found)).toHaveLength(1);
  });
});
