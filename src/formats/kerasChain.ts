import { definitionOf, type Layer } from "../layers/layer.js";
import { statePath } from "../tensor/rows.js";
import type { KerasOptions } from "./kerasOptions.js";

/** A state vector of a recurrent layer, as `initialState` and `finalState` know it. */
export interface KerasState {
  /** Path of its layer, with `.reverse` where that reads from the end. */
  readonly path: string;
  /** `h`, `c`. */
  readonly name: string;
}

/** Where the weights of a layer of Keras go. */
export interface WeightPlace {
  readonly path: string;
  /** Whether there are two directions. */
  readonly isBoth: boolean;
  /** Whether what Keras calls forward reads from the end. */
  readonly isSwapped: boolean;
}

/** The layers of a network in the making, and what Keras knows of them. */
export class KerasChain {
  readonly layers: Layer[] = [];
  /** By Keras's names. */
  readonly weights = new Map<string, WeightPlace>();
  /** The states of the recurrent layers, by Keras's names, in the order in which Keras hands them on. */
  readonly states = new Map<string, readonly KerasState[]>();
  /** Names of recurrent layers whose output is their h after the last step. */
  readonly endsInState = new Set<string>();
  /** Paths of layers that training leaves alone. */
  readonly frozen: string[] = [];
  /** A step of the input all of whose features are this is masked. */
  maskValue: number | undefined;
  /** Whether the present output has steps: else it is one row for each sequence. */
  hasSteps = true;
  /** Whether a mask goes with the present output. */
  isMasked = false;
  /** Whether the present output is 0 at masked steps, apart from layers that work on each row alone. */
  isZeroWhereMasked = false;
  /** Whether the input is token numbers. */
  readsTokens = false;

  push(...layers: readonly Layer[]): void {
    this.layers.push(...layers);
  }

  /** A layer's name as paths take it, unlike the others, and such that the names of its weights are not misread. */
  pathFor(name: string): string {
    const clean = name.replace(/[^\w-]+/g, "_");
    let path = /^(\d+$|forward|backward|((basic_|cudnn_)?(lstm|gru|simple_rnn|rnn)_cell))/.test(clean)
      ? `layer_${clean}`
      : clean;
    while (this.layers.some((layer) => layer.name === path)) path += "_";
    return path;
  }

  /** Takes note of a layer with weights. @param isSwapped of a layer with two directions */
  weigh({ name, isFrozen }: KerasOptions, path: string, isSwapped?: boolean): void {
    this.weights.set(name, { path, isBoth: isSwapped !== undefined, isSwapped: isSwapped === true });
    if (isFrozen) this.frozen.push(path);
  }

  /** Takes note of the states of a recurrent layer, of both directions where it is bidirectional: what Keras calls forward first. */
  keepStates(name: string, path: string, layer: Layer, isBoth: boolean): void {
    const { isReversed = false, parts = [] } = definitionOf(layer).states?.(layer.config) ?? {};
    const statesOf = (reverse: boolean): KerasState[] =>
      parts.map((part) => ({ path: statePath(`${path}.`, reverse), name: part.name }));
    this.states.set(name, isBoth ? [...statesOf(isReversed), ...statesOf(!isReversed)] : statesOf(isReversed));
  }
}
