import { bidirectional } from "../layers/bidirectional.js";
import { dropout } from "../layers/dropout.js";
import { elman } from "../layers/elman.js";
import { finalState } from "../layers/finalState.js";
import { gru } from "../layers/gru.js";
import type { Layer } from "../layers/layer.js";
import { lstm } from "../layers/lstm.js";
import type { MergeName } from "../layers/merge.js";
import type { RecurrentOptions } from "../layers/recurrentConfig.js";
import { reverseSteps } from "../layers/reverseSteps.js";
import { sequential } from "../layers/sequential.js";
import type { Json } from "./json.js";
import type { KerasChain } from "./kerasChain.js";
import { member } from "./kerasJson.js";
import type { KerasOptions } from "./kerasOptions.js";
import type { KerasLayer } from "./kerasTopology.js";

/** A recurrent layer of one direction. */
type Maker = (units: number, shared: RecurrentOptions, options: KerasOptions) => Layer;

/** Keras's `activation` is that of the candidate and, in an LSTM, of the output too. */
const makers: Readonly<Record<string, Maker>> = {
  CuDNNGRU: (units, shared) => gru(units, shared),
  CuDNNLSTM: (units, shared) => lstm(units, shared),
  GRU(units, shared, options) {
    const reset = options.boolean("reset_after") ? "after" : "before";
    return gru(units, { ...shared, reset, ...gates(options).own });
  },
  LSTM(units, shared, options) {
    const { own, output } = gates(options);
    return lstm(units, { ...shared, ...own, ...output });
  },
  SimpleRNN: (units, shared, options) => elman(units, { ...shared, activation: options.pointwise("activation") }),
};

/** Nothing where the activations are those of the fused cells. */
function gates(options: KerasOptions) {
  const candidateActivation = options.pointwise("activation");
  const gateActivation = options.pointwise("recurrent_activation");
  if (candidateActivation === "tanh" && gateActivation === "sigmoid") return { own: {}, output: {} };
  return { own: { gateActivation, candidateActivation }, output: { outputActivation: candidateActivation } };
}

/** Whether a class of layers reads step by step. */
export function isRecurrent(kind: string): boolean {
  return kind === RNN || Object.hasOwn(makers, kind);
}

/** Class of the layers whose cells are layers of their own in a file. */
const RNN = "RNN";

/** A recurrent layer in a single direction, and what Keras takes of it. */
export function addRecurrent(kind: string, options: KerasOptions, chain: KerasChain): void {
  const pathFor = (cell: string | undefined): string =>
    chain.pathFor(cell === undefined ? options.name : `${options.name}_${cell}`);
  const read = readRecurrent(kind, options, chain, pathFor);
  chain.push(...read.layers);
  keep(read, options.name, chain, ({ name }) => name as string, false);
  if (!read.givesSequence) {
    chain.push(finalState());
    // Which it shows, it does not begin with where there are several.
    if (read.cells.length === 1) chain.endsInState.add(options.name);
  }
  leave(read, options, chain);
}

const MERGES: Readonly<Record<string, MergeName>> = { ave: "average", concat: "concat", mul: "mul", sum: "sum" };

/** Both directions. Keras merges last outputs as it merges sequences. */
export function addBidirectional(options: KerasOptions, chain: KerasChain): void {
  const mode = options.take("merge_mode");
  const inner = options.inner("layer");
  requireMirror(options, inner?.config);
  if (typeof mode !== "string" || !Object.hasOwn(MERGES, mode))
    options.note(`option merge_mode must be ${Object.keys(MERGES).join(", ")}, found ${mode ?? null}`);
  if (inner === undefined) return;
  if (!isRecurrent(inner.kind)) {
    options.note(`a ${inner.kind} in both directions is not read`);
    return;
  }
  const own = options.of(inner);
  const read = readRecurrent(inner.kind, own, chain);
  const { layers, cells, givesSequence } = read;
  own.close();
  const merge = MERGES[mode as string] ?? "concat";
  const isStack = layers.length > 1;
  // States side by side are what finalState takes; other merges need those of each direction first.
  const isEndMerged = !givesSequence && (merge !== "concat" || isStack);
  const name = chain.pathFor(options.name);
  const inside = isEndMerged ? [...layers, finalState()] : layers;
  const isChain = inside.length > 1;
  if (cells.length > 0)
    chain.push(bidirectional(isChain ? sequential(...inside) : (inside[0] as Layer), { merge, name }));
  if (!givesSequence && !isEndMerged) chain.push(finalState());
  keep(read, options.name, chain, (layer) => (isChain ? `${name}.${inside.indexOf(layer)}` : name), true);
  // Keras's wrapper makes its layers so, whatever they were; that of TensorFlow.js does not.
  const isZeroWhereMasked = givesSequence && !options.isOfTensorFlowJs;
  if (isZeroWhereMasked && chain.isMasked && own.boolean("unroll"))
    options.note("with unroll Keras does not set its masked steps to 0, but others");
  leave({ ...read, isZeroWhereMasked }, options, chain);
}

/** A cell of a layer. */
interface Cell {
  /** The class of layers that it makes alone. */
  readonly kind: string;
  readonly options: KerasOptions;
  /** Its name in those of weights, where a layer has several. */
  readonly cell?: string;
}

interface ReadRecurrent {
  /** From the input on. */
  readonly layers: readonly Layer[];
  readonly cells: readonly (Cell & { readonly layer: Layer })[];
  /** Whether it reads from the end. */
  readonly reverse: boolean;
  readonly givesSequence: boolean;
  /** Whether a sequence is 0 at masked steps, where others repeat the state. */
  readonly isZeroWhereMasked: boolean;
}

/** @param pathFor names of layers, by those of cells where there are several; left out inside a wrapper */
function readRecurrent(
  kind: string,
  options: KerasOptions,
  chain: KerasChain,
  pathFor?: (cell: string | undefined) => string,
): ReadRecurrent {
  const reverse = options.boolean("go_backwards");
  // States are always there.
  options.boolean("return_state");
  const layers: Layer[] = [];
  const cells = cellsOf(kind, options).map((own) => {
    const { dropped, layer } = readCell(own, reverse, pathFor?.(own.cell));
    if (dropped > 0) (layers.length > 0 ? layers : chain).push(dropout(dropped, { perSequence: true }));
    layers.push(layer);
    return { ...own, layer };
  });
  if (chain.waiting && cells[0] && !hasBias(cells[0].layer))
    options.note("without bias it is not read behind a BatchNormalization");
  const isZeroWhereMasked = options.boolean("zero_output_for_mask");
  return { layers, cells, reverse, givesSequence: options.boolean("return_sequences"), isZeroWhereMasked };
}

function hasBias({ config }: Layer): boolean {
  return (config as { readonly bias: boolean }).bias;
}

function readCell({ kind, options }: Cell, reverse: boolean, name: string | undefined) {
  const dropped = options.number("dropout", 0);
  const shared: RecurrentOptions = {
    bias: options.boolean("use_bias", true),
    direction: reverse ? "reverse" : "forward",
    recurrentDropout: options.number("recurrent_dropout", 0),
    ...(name !== undefined && { name }),
  };
  return { dropped, layer: (makers[kind] as Maker)(options.number("units"), shared, options) };
}

/** A layer's own cell, or those of an `RNN`, one on the other. */
function cellsOf(kind: string, options: KerasOptions): Cell[] {
  if (kind !== RNN) return [{ kind, options }];
  const inner = options.inner("cell");
  // TensorFlow.js writes the options of the cell beside it as well.
  if (options.isOfTensorFlowJs && inner) options.passOver(inner);
  if (inner?.kind !== "StackedRNNCells") return inner ? cellOf(inner, options) : [];
  const stack = options.of(inner);
  const nameOf = ({ config }: KerasLayer, index: number): string =>
    options.isOfTensorFlowJs ? `RNNCell_${index}` : `${member(config, "name")}`;
  const cells = stack.inners("cells").flatMap((each, index) => cellOf(each, options, nameOf(each, index)));
  stack.close();
  return cells;
}

function cellOf(inner: KerasLayer, owner: KerasOptions, cell?: string): Cell[] {
  const options = owner.of(inner);
  const [, kind = ""] = /^(.*)Cell$/.exec(inner.kind) ?? [];
  if (Object.hasOwn(makers, kind)) return [{ kind, options, ...(cell !== undefined && { cell }) }];
  owner.note(`a ${inner.kind} in it is not read`);
  return [];
}

/** Takes note of the weights and states of a layer. */
function keep(
  { cells, reverse }: ReadRecurrent,
  name: string,
  chain: KerasChain,
  pathOf: (layer: Layer) => string,
  isBoth: boolean,
): void {
  const placed = cells.map((each) => ({ ...each, path: pathOf(each.layer) }));
  for (const { options, path, cell } of placed) {
    options.close();
    chain.weigh(options, path, isBoth ? reverse : undefined, cell);
  }
  if (placed[0]) chain.scale(placed[0].path, false);
  chain.keepStates(name, placed, isBoth);
}

/** A sequence comes out in the order in which it was read; its mask does not follow. */
function leave(
  { reverse, givesSequence, isZeroWhereMasked }: ReadRecurrent,
  options: KerasOptions,
  chain: KerasChain,
): void {
  if (reverse && givesSequence) chain.push(reverseSteps());
  if (chain.isMaskSpoilt) options.note("it is masked behind an Add, where TensorFlow.js does other than Keras");
  const isZero = isZeroWhereMasked && chain.isMasked;
  if (isZero && !givesSequence) options.note("a last step that is 0 where it is masked is not read");
  chain.hasSteps = givesSequence;
  chain.isMasked &&= givesSequence;
  chain.shown = new Set([isZero ? "zero" : "state"]);
  if (isZero && reverse) options.note("masked steps that are 0 are not read with go_backwards");
}

/** Newer files write the backward layer out: it must be the forward one in all but its direction. */
function requireMirror(options: KerasOptions, forward: Map<string, Json> | undefined): void {
  const back = options.take("backward_layer");
  const config = back instanceof Map ? member(back, "config") : undefined;
  if (back === undefined || forward === undefined) return;
  const isOwn = (name: string): boolean => !/^(name|go_?backwards|\w*_initializer|seed|shared_object_id)$/i.test(name);
  const told = (of: Map<string, Json>): string =>
    JSON.stringify(
      [...of].filter(([name, value]) => isOwn(name) && (name === "cell" || !(value instanceof Map))),
      (_, each) => (each instanceof Map ? [...each].filter(([name]) => isOwn(name)) : each),
    );
  if (!(config instanceof Map) || told(config) !== told(forward))
    options.note("its backward_layer is another than its layer");
}
