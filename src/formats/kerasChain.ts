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
  /** Its name among those of weights, which no other layer has. */
  readonly name: string;
  /** Keras's name of the layer. */
  readonly layer: string;
  /** Keras's name of the cell, where the layer has several. */
  readonly cell?: string | undefined;
  /** Whether there are two directions. */
  readonly isBoth: boolean;
  /** Whether what Keras calls forward reads from the end. */
  readonly isSwapped: boolean;
}

/** A normalisation by moving statistics: a factor and a shift for each feature, which the weights of a layer take in. */
export interface ScalePlace extends Pick<WeightPlace, "name" | "layer"> {
  /** What is added to the variance. */
  readonly epsilon: number;
  /** Which tensors it has. */
  readonly parts: readonly string[];
  /** Path of that layer. */
  readonly path: string;
  /** Name of that layer where the file has no bias of it: it gets one. */
  readonly bare: string | undefined;
  /** Whether it stands before the normalisation. */
  readonly isBefore: boolean;
}

/** A normalisation whose place is not known yet. */
interface Waiting extends Pick<ScalePlace, "epsilon" | "parts"> {
  readonly options: KerasOptions;
}

/** What an output holds at masked steps: what is made of the input there, zeros, or the state before. */
type Shown = "input" | "zero" | "state";

/** The layers of a network in the making, and what Keras knows of them. */
export class KerasChain {
  readonly layers: Layer[] = [];
  /** By Keras's names, of layers or of cells in them. */
  readonly weights = new Map<string, WeightPlace>();
  /** Normalisations that weights take in, by Keras's names. */
  readonly scales = new Map<string, ScalePlace>();
  /** One that the next layer with weights takes in. */
  waiting: Waiting | undefined;
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
  /** That mask as files of Keras 3 write it. */
  mask: string | undefined;
  /** Whether layers that take masks are called with it, as such files say. */
  maskUse = new Set<boolean>();
  /** Whether that mask reaches no recurrent layer as it is. */
  isMaskSpoilt = false;
  /** What the present output holds at masked steps, apart from layers that work on each row alone. */
  shown: ReadonlySet<Shown> = new Set(["input"]);
  /** Whether the input is token numbers. */
  readsTokens = false;
  /** Whether it is one of the ways on from an output. */
  isWay = false;
  /** Of layers with names, other ways included. */
  #names = new Set<string>();
  /** Name of the layer whose output is the model's. */
  readonly output: string | undefined;

  constructor(output?: string) {
    this.output = output;
  }

  push(...layers: readonly Layer[]): void {
    this.layers.push(...layers);
  }

  /** A layer's name as paths take it, unlike the others, and such that the names of its weights are not misread. */
  pathFor(name: string): string {
    const clean = name.replace(/[^\w-]+/g, "_");
    let path = /^(\d+$|forward|backward|((basic_|cudnn_)?(lstm|gru|simple_rnn|rnn)_cell))/.test(clean)
      ? `layer_${clean}`
      : clean;
    while (this.#names.has(path)) path += "_";
    this.#names.add(path);
    return path;
  }

  /** A way on from the present output. */
  way(): KerasChain {
    const way = new KerasChain();
    way.hasSteps = this.hasSteps;
    way.isMasked = this.isMasked;
    way.mask = this.mask;
    way.maskUse = this.maskUse;
    way.isMaskSpoilt = this.isMaskSpoilt;
    way.shown = this.shown;
    way.isWay = true;
    way.#names = this.#names;
    return way;
  }

  /** Takes over what is known of the layers on a way. @param prefix what their paths begin with here */
  take({ weights, scales, states, endsInState, frozen }: KerasChain, prefix: string): void {
    for (const [name, place] of weights) this.weights.set(name, { ...place, path: prefix + place.path });
    for (const [name, place] of scales) this.scales.set(name, { ...place, path: prefix + place.path });
    for (const [name, own] of states)
      this.states.set(
        name,
        own.map((state) => ({ ...state, path: prefix + state.path })),
      );
    for (const name of endsInState) this.endsInState.add(name);
    this.frozen.push(...frozen.map((path) => prefix + path));
  }

  /** The output is now made of what ways lead to, all of them with steps or all without. */
  meet(ways: readonly KerasChain[]): void {
    this.hasSteps = ways.some((way) => way.hasSteps);
    this.isMasked = ways.some((way) => way.isMasked);
    this.isMaskSpoilt = ways.some((way) => way.isMaskSpoilt);
    this.shown = new Set(ways.flatMap((way) => [...way.shown]));
  }

  /** Takes note of a layer with weights, or of one of its cells. @param isSwapped of a layer with two directions */
  weigh({ name, isFrozen }: KerasOptions, path: string, isSwapped?: boolean, cell?: string): void {
    const own = path.includes(".") ? this.pathFor(path) : path;
    const place = {
      path,
      name: own,
      isBoth: isSwapped !== undefined,
      isSwapped: isSwapped === true,
      layer: name,
      cell,
    };
    this.weights.set(cell === undefined ? name : `${name}/${cell}`, place);
    if (isFrozen) this.frozen.push(path);
  }

  /**
   * A layer takes in the normalisation that waits for it, if one does, or one that follows it.
   * @param isBare whether the file has no bias of it
   */
  scale(path: string, isBare: boolean, following?: Waiting): void {
    const given = following ?? this.waiting;
    if (given === undefined) return;
    const { options, ...own } = given;
    const [name, bare] = [this.pathFor(options.name), isBare ? path : undefined];
    this.scales.set(options.name, {
      name,
      layer: options.name,
      ...own,
      path,
      bare,
      isBefore: following !== undefined,
    });
    this.waiting = undefined;
  }

  /** Notes that no layer takes in the normalisation that waits. */
  requireScaled(): void {
    this.waiting?.options.note(
      "no weights can take it in: it is read before Dense and recurrent layers, and behind Dense without activation, with no more than dropout or a mean between",
    );
    this.waiting = undefined;
  }

  /** Takes note of the states of a layer's cells, of both directions where it is bidirectional: what Keras calls forward first. */
  keepStates(name: string, cells: readonly { readonly path: string; readonly layer: Layer }[], isBoth: boolean): void {
    const statesOf = (isTurned: boolean): KerasState[] =>
      cells.flatMap(({ path, layer }) => {
        const { isReversed = false, parts = [] } = definitionOf(layer).states?.(layer.config) ?? {};
        return parts.map((part) => ({ path: statePath(`${path}.`, isReversed !== isTurned), name: part.name }));
      });
    this.states.set(name, isBoth ? [...statesOf(false), ...statesOf(true)] : statesOf(false));
  }
}
