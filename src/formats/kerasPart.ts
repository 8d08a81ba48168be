import type { Layer } from "../layers/layer.js";
import type { KerasState, ScalePlace, WeightPlace } from "./kerasChain.js";

/** Where a state comes from: the final state of a network that runs before, by its number, or an input of the model [batch, units]. */
export type KerasStateSource =
  | {
      /** Which network, from 0. */
      readonly network: number;
      /** Which of its final states. */
      readonly state: KerasState;
    }
  | {
      /** Which input, from 0. */
      readonly input: number;
    };

/** A row that is the input of a network at every step, as `RepeatVector` makes it. */
export type KerasRepeat = {
  /** How many steps. */
  readonly times: number;
} & (
  | {
      /** The network before it whose output that is, from 0. */
      readonly network: number;
    }
  | {
      /** The input of the model that it is [batch, features], from 0. */
      readonly input: number;
    }
);

/** A state that a network begins with. */
export interface KerasStateLink {
  /** The state of one of its layers. */
  readonly to: KerasState;
  /** What it is given. */
  readonly from: KerasStateSource;
}

/** A chain of layers that reads one input of the model: all of most models, an encoder or a decoder of others. */
export interface KerasPart {
  readonly network: Layer;
  /** Features of its input. */
  readonly inputSize: number;
  /** Which of the model's inputs it reads, or what is repeated for it. */
  readonly input: number | KerasRepeat;
  /** A step of the input all of whose features are this is masked; undefined where there is no mask. */
  readonly maskValue: number | undefined;
  /** Whether masked steps give what a row of zeros gives. */
  readonly isZeroWhereMasked: boolean;
  readonly begins: readonly KerasStateLink[];
  /** By Keras's names of layers. */
  readonly weights: ReadonlyMap<string, WeightPlace>;
  /** Normalisations by moving statistics, likewise. */
  readonly scales: ReadonlyMap<string, ScalePlace>;
  /** Paths of layers that training leaves alone. */
  readonly frozen: readonly string[];
}
