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
  return Object.hasOwn(makers, kind);
}

/** A recurrent layer in a single direction, and what Keras takes of it. */
export function addRecurrent(kind: string, options: KerasOptions, chain: KerasChain): void {
  const path = chain.pathFor(options.name);
  const read = readRecurrent(kind, options, chain, path);
  const { layer, givesSequence } = read;
  chain.push(layer);
  chain.weigh(options, path);
  chain.scale(path, false);
  chain.keepStates(options.name, path, layer, false);
  if (!givesSequence) {
    chain.push(finalState());
    chain.endsInState.add(options.name);
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
  const { layer, reverse, givesSequence } = read;
  own.close();
  const merge = MERGES[mode as string] ?? "concat";
  // States side by side are what finalState takes; other merges need those of each direction first.
  const isEndMerged = !givesSequence && merge !== "concat";
  const name = chain.pathFor(options.name);
  const path = isEndMerged ? `${name}.0` : name;
  chain.push(bidirectional(isEndMerged ? sequential(layer, finalState()) : layer, { merge, name }));
  if (!givesSequence && !isEndMerged) chain.push(finalState());
  chain.weigh(own, path, reverse);
  chain.scale(path, false);
  chain.keepStates(options.name, path, layer, true);
  // Keras's wrapper makes its layers so, whatever they were; that of TensorFlow.js does not.
  leave({ ...read, isZeroWhereMasked: !options.isOfTensorFlowJs }, options, chain);
}

interface ReadRecurrent {
  readonly layer: Layer;
  /** Whether it reads from the end. */
  readonly reverse: boolean;
  readonly givesSequence: boolean;
  /** Whether a sequence is 0 at masked steps, where others repeat the state. */
  readonly isZeroWhereMasked: boolean;
}

function readRecurrent(kind: string, options: KerasOptions, chain: KerasChain, name?: string): ReadRecurrent {
  const reverse = options.boolean("go_backwards");
  const dropped = options.number("dropout", 0);
  if (dropped > 0) chain.push(dropout(dropped, { perSequence: true }));
  const bias = options.boolean("use_bias", true);
  if (!bias && chain.waiting) options.note("without bias it is not read behind a BatchNormalization");
  // States are always there.
  options.boolean("return_state");
  const shared: RecurrentOptions = {
    bias,
    direction: reverse ? "reverse" : "forward",
    recurrentDropout: options.number("recurrent_dropout", 0),
    ...(name !== undefined && { name }),
  };
  const layer = (makers[kind] as Maker)(options.number("units"), shared, options);
  const isZeroWhereMasked = options.boolean("zero_output_for_mask");
  return { layer, reverse, givesSequence: options.boolean("return_sequences"), isZeroWhereMasked };
}

/** A sequence comes out in the order in which it was read; its mask does not follow. */
function leave(
  { reverse, givesSequence, isZeroWhereMasked }: ReadRecurrent,
  options: KerasOptions,
  chain: KerasChain,
): void {
  if (reverse && givesSequence) chain.push(reverseSteps());
  if (chain.isMaskSpoilt) options.note("it is masked behind an Add, where TensorFlow.js does other than Keras");
  chain.hasSteps = givesSequence;
  chain.isMasked &&= givesSequence;
  const isZero = isZeroWhereMasked && chain.isMasked;
  chain.shown = new Set([isZero ? "zero" : "state"]);
  if (isZero && reverse) options.note("masked steps that are 0 are not read with go_backwards");
}

/** Newer files write the backward layer out: it must be the forward one in all but its direction. */
function requireMirror(options: KerasOptions, forward: Map<string, Json> | undefined): void {
  const back = options.take("backward_layer");
  const config = back instanceof Map ? member(back, "config") : undefined;
  if (back === undefined || forward === undefined) return;
  const isOwn = (name: string): boolean => !/^(name|go_?backwards|\w*_initializer|seed)$/i.test(name);
  const told = (of: Map<string, Json>): string =>
    JSON.stringify([...of].filter(([name, value]) => isOwn(name) && !(value instanceof Map)));
  if (!(config instanceof Map) || told(config) !== told(forward))
    options.note("its backward_layer is another than its layer");
}
