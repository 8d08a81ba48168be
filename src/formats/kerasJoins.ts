import { activate } from "../layers/activate.js";
import { concatenate } from "../layers/concatenate.js";
import type { Layer } from "../layers/layer.js";
import { residual } from "../layers/residual.js";
import { sequential } from "../layers/sequential.js";
import type { KerasChain } from "./kerasChain.js";
import type { KerasOptions } from "./kerasOptions.js";

/** Adds what joins ways that begin with the same output. */
type Join = (options: KerasOptions, chain: KerasChain, ways: readonly KerasChain[]) => void;

const joins: Readonly<Record<string, Join>> = { Add: addSum, Concatenate: addBeside };

/** Whether a class of layers joins several outputs. */
export function isJoin(kind: string): boolean {
  return Object.hasOwn(joins, kind);
}

/** Adds a layer that joins ways; nothing lies on one that hands on what they begin with. */
export function addJoin(kind: string, options: KerasOptions, chain: KerasChain, ways: readonly KerasChain[]): void {
  if (new Set(ways.map(({ hasSteps }) => hasSteps)).size > 1)
    options.note("it joins what has steps with what has one row for each sequence");
  (joins[kind] as Join)(options, chain, ways);
  options.close();
}

/** Whether both are as wide is left to the layer. */
function addSum(options: KerasOptions, chain: KerasChain, ways: readonly KerasChain[]): void {
  const [way, ...others] = ways.filter(({ layers }) => layers.length > 0);
  if (way === undefined || others.length > 0 || ways.length !== 2) {
    options.note("it adds what several ways make: only x + f(x) is read");
    return;
  }
  const layer = whole(way);
  chain.take(way, prefixOf(layer, chain.layers.length));
  chain.meet(ways);
  // Its mask gets a third axis there, which a recurrent layer takes for another.
  chain.isMaskSpoilt ||= options.isOfTensorFlowJs && chain.isMasked;
  chain.push(residual(layer));
}

function addBeside(options: KerasOptions, chain: KerasChain, ways: readonly KerasChain[]): void {
  const axis = options.number("axis", -1);
  if (axis !== -1 && axis !== (ways[0]?.hasSteps ? 2 : 1)) options.note(`option axis must be -1, found ${axis}`);
  // Without layers a small file could double its features again and again.
  if (ways.every(({ layers }) => layers.length === 0)) options.note("it joins an output with itself");
  const place = chain.layers.length;
  const layers = ways.map((way, index) => {
    const layer = way.layers.length === 0 ? activate("linear") : whole(way);
    chain.take(way, `${place}.${prefixOf(layer, index)}`);
    return layer;
  });
  chain.meet(ways);
  chain.push(concatenate(...layers));
}

/** What lies on a way, as one layer, which has a name of its own where there is one alone. */
function whole({ layers, weights }: KerasChain): Layer {
  const [only] = layers as [Layer];
  return layers.length === 1 && (only.name !== undefined || weights.size === 0) ? only : sequential(...layers);
}

/** What paths within a layer begin with: its name, which they have already, or its place. */
function prefixOf({ name }: Layer, place: number): string {
  return name === undefined ? `${place}.` : "";
}
