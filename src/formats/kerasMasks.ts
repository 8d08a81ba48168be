import type { Json } from "./json.js";
import { historyOf, type JsonObject, member } from "./kerasJson.js";
import type { KerasLayer } from "./kerasTopology.js";

/** Masks by the names of the operations that make them: equal texts are equal masks. */
export type KerasMasks = ReadonlyMap<string, string>;

// Compared with a number the features are still apart, unless it is tokens; "each" has the mask in all features.
const EACH = "each";
const ZEROS = "zeros";
const place = (layer: Json | undefined, index: Json | undefined): string => JSON.stringify([layer, index]);
const differs = (from: string, value: Json): string => from + value;
const any = (of: string): string => `any${of}`;
const isEach = (of: string): boolean => of.startsWith(EACH);
const same = (all: readonly string[]): string | undefined => (new Set(all).size === 1 ? all[0] : undefined);

type Operation = (given: readonly string[], config: JsonObject) => string | undefined;

/** What operations make of masks: those of Add and Concatenate are made of what their ways have. */
const operations: Readonly<Record<string, Operation>> = {
  Any([of = ""], config) {
    if (member(config, "axis") !== -1 || member(config, "keepdims") !== false) return undefined;
    return isEach(of) ? of.slice(EACH.length) : any(of);
  },
  Concatenate(given, config) {
    const axis = member(config, "axis");
    return (axis === -1 || axis === 2) && given.every(isEach) ? same(given) : undefined;
  },
  ExpandDims: ([of = ""], config) => (member(config, "axis") === -1 ? EACH + of : undefined),
  LogicalOr: ([of = "", other = ""]) => (isEach(of) && other === ZEROS ? of : same([of, other])),
  ZerosLike: () => ZEROS,
};

/**
 * The mask that an operation makes, or what is on the way to one; undefined for layers. Keras 3 lists operations among the
 * layers of functional models, before what reads them:
 *   Embedding    NotEqual(x, 0)
 *   Masking      Any(NotEqual(x, value)), of Cast(x) with mixed precision
 *   Add          LogicalOr(mask, mask)
 *   Concatenate  Any(Concatenate(LogicalOr(ExpandDims(mask), ZerosLike(y)), …))
 */
export function maskMade({ kind, config }: KerasLayer, node: Json | undefined, masks: KerasMasks): string | undefined {
  const args = [(node instanceof Map && member(node, "args")) || []].flat(2);
  const [layer, , index] = placeOf(args[0]);
  const from = masks.get(`${layer}`) ?? place(layer, index);
  if (kind === "Cast") return from;
  if (kind === "NotEqual") return typeof args[1] === "number" ? differs(from, args[1]) : undefined;
  const given = kind === "ZerosLike" ? [] : args.map((each) => maskNamed(each, masks));
  const isKnown = Object.hasOwn(operations, kind) && given.every((each) => each !== undefined);
  return isKnown ? (operations[kind] as Operation)(given, config) : undefined;
}

function placeOf(tensor: Json | undefined): readonly Json[] {
  const history = historyOf(tensor ?? null);
  return Array.isArray(history) ? history : [];
}

function maskNamed(tensor: Json, masks: KerasMasks): string | undefined {
  const [name, , index] = placeOf(tensor);
  return index === 0 ? masks.get(name as string) : undefined;
}

/** The mask that a layer is called with: null where Keras 3 hands it none, undefined where the file does not say or it is no mask. */
export function maskGiven(node: Json | undefined, masks: KerasMasks): string | null | undefined {
  if (!(node instanceof Map)) return undefined;
  const options = member(node, "kwargs");
  const given = (options instanceof Map && member(options, "mask")) || null;
  return given === null ? null : maskNamed(given, masks);
}

/** The mask that a layer makes, if it makes one. */
export function maskOf({ kind, config, inbound: [read] }: KerasLayer): string | undefined {
  if (read === undefined) return undefined;
  if (kind === "Masking") return any(differs(place(read.layer, read.index), member(config, "mask_value") ?? 0));
  return kind === "Embedding" ? differs(place(read.layer, read.index), 0) : undefined;
}

/** Whether Keras 3 hands a layer the mask of what it reads, and the layer does what is done here with it. */
export function takesMask(kind: string): boolean {
  return /^(BatchNormalization|Bidirectional|GRU|GlobalAveragePooling1D|LSTM|RNN|SimpleRNN|TimeDistributed)$/.test(
    kind,
  );
}
