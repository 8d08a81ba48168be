import { type CellName, cells } from "../../src/cells/index.js";
import {
  bidirectional,
  columns,
  concatenate,
  dense,
  dropout,
  embedding,
  finalState,
  type Layer,
  lastStep,
  layerNorm,
  Model,
  max,
  mean,
  oneHot,
  type RecurrentOptions,
  recurrent,
  residual,
  sequential,
  Tensor,
} from "../../src/index.js";
import { cellOptions, projectable } from "../oracle/cellVariants.js";
import { TestRandom } from "../oracle/random.js";

/** A network made by chance. */
export interface RandomNetwork {
  readonly label: string;
  readonly layer: Layer;
  readonly inputSize: number;
  /** The first feature is a token below this, where there are tokens. */
  readonly tokens?: number;
  readonly width: number;
  readonly isPerStep: boolean;
  /** Whether no answer waits for the end of its sequence. */
  readonly isCausal: boolean;
}

/** What may come in. */
export interface Chances {
  /** Nothing with a kink, where central differences say nothing. */
  readonly isSmooth?: boolean;
  /** Dropout, zoneout and dropout in the recurrence. */
  readonly isNoisy?: boolean;
}

/** Around the widths of vectors (4) and panels (8, 16). */
const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17];
const MERGES = ["concat", "sum", "average", "mul"] as const;

/** Makes layers, one after the other, and remembers what they are together. */
class Builder {
  readonly #random: TestRandom;
  readonly #chances: Chances;
  isCausal = true;
  /** Whether the last layer made over steps was a recurrent one. */
  endsInState = false;

  constructor(random: TestRandom, chances: Chances) {
    this.#random = random;
    this.#chances = chances;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.integer(0, from.length - 1)] as T;
  }

  #happens(share: number): boolean {
    return this.#random.unit() < share;
  }

  /** A layer that reads the input, and its width. */
  first(inputSize: number, tokens: number | undefined): Layer[] {
    if (tokens === undefined) return [];
    const table = (): Layer => (this.#happens(0.5) ? oneHot(tokens) : embedding(tokens, this.#pick(WIDTHS)));
    if (inputSize === 1) return [table()];
    return [concatenate(sequential(columns(0, 1), table()), columns(1, inputSize))];
  }

  /** Any layer over steps. */
  middle(width: number, depth: number): Layer {
    const kind = this.#random.integer(0, 12);
    const inner = depth > 0 ? kind : Math.min(kind, 6);
    const layer = this.#layer(inner, width, depth);
    this.endsInState = inner < 5;
    return layer;
  }

  #layer(inner: number, width: number, depth: number): Layer {
    if (inner < 5) return this.#recurrent(this.#pick(WIDTHS));
    if (inner === 5) return this.#dense(this.#pick(WIDTHS));
    if (inner === 6) {
      this.isCausal = false;
      return bidirectional(this.#recurrent(this.#pick(WIDTHS), "goes forward"), { merge: this.#pick(MERGES) });
    }
    if (inner === 7)
      return residual(this.#happens(0.7) ? this.#recurrent(width, "keeps its width") : this.#dense(width));
    if (inner === 8) return concatenate(this.middle(width, depth - 1), this.middle(width, depth - 1));
    if (inner === 9) return sequential(this.middle(width, depth - 1), this.#dense(this.#pick(WIDTHS)));
    if (inner === 10 && this.#chances.isNoisy === true) return dropout(0.3, { perSequence: this.#happens(0.5) });
    // Over few features normalisation is steep, as below.
    if (inner === 11 && width > 6) return layerNorm({ bias: this.#happens(0.8) });
    const from = this.#random.integer(0, width - 1);
    return columns(from, this.#random.integer(from + 1, width));
  }

  #dense(units: number): Layer {
    const smooth = ["linear", "tanh", "sigmoid", "softplus", "gelu"] as const;
    const bent = ["relu", "elu", "hardSigmoid"] as const;
    const activation = this.#pick(this.#chances.isSmooth === true ? smooth : [...smooth, ...bent]);
    return dense(units, { activation, bias: this.#happens(0.8) });
  }

  #recurrent(units: number, how?: "keeps its width" | "goes forward"): Layer {
    const name = this.#pick(Object.keys(cells) as CellName[]);
    const isReverse = how !== "goes forward" && this.#happens(0.15);
    if (isReverse) this.isCausal = false;
    return recurrent(cells[name] as never, units, {
      ...this.#own(name),
      ...this.#common(name, units),
      ...(how === "keeps its width" ? { projectionSize: null } : {}),
      ...(isReverse ? { direction: "reverse" } : {}),
    } as RecurrentOptions);
  }

  #own(name: CellName): object {
    if (this.#chances.isSmooth !== true) return this.#pick([{}, {}, ...(cellOptions[name] ?? [])]);
    const smooth: Partial<Record<CellName, readonly object[]>> = {
      indRnn: [{ activation: "tanh" }, { activation: "mish" }],
      elman: [{}, { activation: "sigmoid" }],
      lstmGeneral: [{ peepholes: true, outputActivation: "softplus" }, { candidateActivation: "mish" }],
      lstmCoupled: [{}, { peepholes: true }],
    };
    return this.#pick(smooth[name] ?? [{}]);
  }

  #common(name: CellName, units: number): RecurrentOptions {
    const options: RecurrentOptions[] = [
      { bias: this.#happens(0.8), initialState: this.#happens(0.4) ? "learned" : "zero" },
      // Over few units normalisation is steep: its own tests look at that.
      ...(this.#happens(0.2) && units > 6 ? [{ normalization: "layer" as const }] : []),
      ...(projectable.includes(name) && this.#happens(0.2) ? [{ projectionSize: this.#pick(WIDTHS) }] : []),
    ];
    if (this.#chances.isNoisy === true) {
      if (this.#happens(0.3)) options.push({ zoneout: 0.3 });
      if (this.#happens(0.3) && cells[name].recurrentBlocks > 0) options.push({ recurrentDropout: 0.3 });
    }
    return Object.assign({}, ...options);
  }

  /** One answer for a sequence, or none. */
  pool(): Layer[] {
    if (this.#happens(0.5)) return [];
    const smooth = [lastStep, mean, ...(this.endsInState ? [finalState, finalState] : [])];
    return [this.#pick(this.#chances.isSmooth === true ? smooth : [...smooth, max])()];
  }
}

/** Width of the rows that layers give one after the other, by the library's own account. */
function widthOf(layers: readonly Layer[], inputSize: number): number {
  if (layers.length === 0) return inputSize;
  using model = new Model(sequential(...layers), { inputSize });
  return model.predict(new Tensor(new Float32Array(inputSize), [1, inputSize])).shape[1] as number;
}

/** The network of a seed. */
export function randomNetwork(seed: number, chances: Chances = {}): RandomNetwork {
  const random = new TestRandom(seed);
  const builder = new Builder(random, chances);
  const inputSize = random.integer(1, 5);
  const tokens = random.unit() < 0.35 ? random.integer(2, 9) : undefined;
  const layers = builder.first(inputSize, tokens);
  for (let count = random.integer(1, 4); count > 0; count--) layers.push(builder.middle(widthOf(layers, inputSize), 2));
  const pool = builder.pool();
  const width = random.integer(1, 5);
  const layer = sequential(...layers, ...pool, dense(width));
  const label = `network ${seed}: ${JSON.stringify(layer)}`;
  const isPerStep = pool.length === 0;
  return { label, layer, inputSize, width, isPerStep, isCausal: builder.isCausal, ...(tokens && { tokens }) };
}

/** A model of the network whose parameters are all different. */
export function modelOf({ layer, inputSize }: RandomNetwork, seed = 3): Model {
  const model = new Model(layer, { inputSize, seed });
  const random = new TestRandom(seed);
  for (const parameter of model.parameters) {
    const size = parameter.read().data.length;
    const [rows = 1, columns = 1] = parameter.shape;
    // Of rows and columns as many, the smaller: sums stay of one size.
    parameter.write(new Tensor(random.numbers(size, rows * columns > 30 ? 0.4 : 0.7), parameter.shape));
  }
  return model;
}

/** Sequences [steps, inputSize] of these lengths. */
export function sequencesOf(
  { inputSize, tokens }: RandomNetwork,
  lengths: readonly number[],
  seed: number,
): number[][][] {
  const random = new TestRandom(seed);
  return lengths.map((length) =>
    Array.from({ length }, () => {
      const row = Array.from(random.numbers(inputSize, 1.5));
      return tokens === undefined ? row : [random.integer(0, tokens - 1), ...row.slice(1)];
    }),
  );
}

/** Targets of the network for sequences of these lengths. */
export function targetsOf(
  { width, isPerStep }: RandomNetwork,
  lengths: readonly number[],
  seed: number,
): Tensor | number[][][] {
  const random = new TestRandom(seed);
  if (!isPerStep) return new Tensor(random.numbers(lengths.length * width), [lengths.length, width]);
  return lengths.map((length) => Array.from({ length }, () => Array.from(random.numbers(width))));
}

/** The sequences with steps between theirs that are masked: all of one length. */
export function withHoles(
  network: RandomNetwork,
  input: readonly number[][][],
  steps: number,
): { holes: number[][][]; mask: number[][] } {
  const random = new TestRandom(network.label.length);
  const mask = input.map((sequence) => {
    const flags = Array.from({ length: steps }, () => 0);
    for (let left = sequence.length; left > 0; ) {
      const at = random.integer(0, steps - 1);
      if (flags[at] === 0) left--;
      flags[at] = 1;
    }
    return flags;
  });
  const between = sequencesOf(network, [steps], 4)[0];
  const holes = mask.map((flags, index) => {
    const left = input[index].slice();
    return flags.map((flag, step) => (flag === 1 ? (left.shift() as number[]) : between[step]));
  });
  return { holes, mask };
}
