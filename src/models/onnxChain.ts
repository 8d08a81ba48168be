import { ArgumentError, FormatError, ShapeError } from "../errors.js";
import type { OnnxNode } from "../formats/onnxFile.js";
import type { OnnxLayer } from "../formats/onnxValues.js";
import type { Layer } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";

/** How recurrent layers with constant initial states begin. */
type Begins = "zero" | "learned";

/** The layers of a network as a specification. */
export interface OnnxChain {
  readonly layer: Layer;
  /** Those without parts, in the order of computation, and the path of each. */
  readonly leaves: ReadonlyMap<OnnxLayer, string>;
  readonly inputSize: number;
}

/** The specification of layers. @throws FormatError when there is no such network */
export function chainOf(layers: readonly OnnxLayer[], begins: Begins = "learned"): OnnxChain {
  const leaves = new Map<OnnxLayer, string>();
  const names = new Set<string>();
  const chain = (own: readonly OnnxLayer[], path: string): Layer =>
    sequential(...own.map((one, index) => whole(one, path, index)));
  /** @param place what it is called at that path where it has no name */
  const whole = (one: OnnxLayer, path: string, place: number): Layer => {
    const { parts } = one;
    if (parts !== undefined) {
      // A single part goes by the name of the whole, several by their places in it.
      const inner = parts.length > 1 ? `${path}${place}.` : path;
      return one.make(
        {},
        ...parts.map((part, index) => branch(activated(part), inner, inner === path ? place : index)),
      );
    }
    const layer = leafOf(one, names, begins);
    leaves.set(one, `${path}${layer.name ?? place}`);
    return layer;
  };
  const branch = (own: readonly OnnxLayer[], path: string, place: number) =>
    own.length > 1 ? chain(own, `${path}${place}.`) : whole(own[0] as OnnxLayer, path, place);
  try {
    const layer = chain(activated(layers), "");
    const inputSize = [...leaves.keys()].find((one) => one.inputSize !== undefined)?.inputSize as number;
    return { layer, leaves, inputSize };
  } catch (error) {
    throw asFormatError(error);
  }
}

/** The same where activations right behind dense layers are theirs. */
function activated(layers: readonly OnnxLayer[]): OnnxLayer[] {
  return layers.flatMap((one, index) => {
    if (one.applied !== undefined && layers[index - 1]?.isDense) return [];
    const { activation } = layers[index + 1]?.applied ?? {};
    return one.isDense && activation ? [{ ...one, make: (options) => one.make({ ...options, activation }) }] : [one];
  });
}

function leafOf(one: OnnxLayer, names: Set<string>, initialState: Begins): Layer {
  const name = nameOf(one, names);
  if (name !== undefined) names.add(name);
  const hasStates = Object.keys(one.recurrent?.initial ?? {}).length > 0;
  return one.make({ ...(name && { name }), ...(hasStates && { initialState }) });
}

/** The scope of a node; a further one of its layers gets a number. */
function nameOf({ node, weights }: OnnxLayer, taken: ReadonlySet<string>): string | undefined {
  if (Object.keys(weights).length === 0) return undefined;
  const words = scopeOf(node).map((word) => word.replace(/[^\w-]+/g, "_"));
  const base = words.filter((word) => word !== "").join(".");
  // A number alone would be taken for a place.
  if (!/[a-z]/i.test(base)) return undefined;
  let found = base;
  for (let index = 1; taken.has(found); index++) found = `${base}_${index}`;
  return found;
}

/** The modules around a node, where the file notes none by its name, "/rnn/LSTM_1" being in rnn. */
function scopeOf({ scope, name, operator }: OnnxNode): string[] {
  if (scope !== undefined) return scope.split(".");
  const words = name.split("/");
  return words.slice(0, words.at(-1)?.startsWith(operator) ? -1 : undefined);
}

/** A layer that cannot be, for all that the file says of it. */
export function asFormatError(error: unknown): unknown {
  const isOurs = error instanceof ArgumentError || error instanceof ShapeError;
  return isOurs ? new FormatError(`ONNX file: it describes a network that cannot be: ${error.message}`) : error;
}
