import type { Activation } from "../activations.js";
import type { Layer } from "../layers/layer.js";
import type { RecurrentOptions } from "../layers/recurrentConfig.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Atom, Axes } from "./onnxAxes.js";
import type { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode, OnnxPlace } from "./onnxFile.js";

/** Name of a state vector, as models have it. */
export type StateName = "h" | "c";

/** What a network says of a layer in it. */
export interface OnnxLayerOptions extends Pick<RecurrentOptions, "initialState" | "name"> {
  readonly activation?: Activation;
}

/** A layer that an operator has become. */
export interface OnnxLayer {
  readonly node: OnnxNode;
  /** Features of its input, where they are known. */
  readonly inputSize?: number;
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly recurrent?: OnnxRecurrent;
  /** Whether it is a dense layer, to which an activation right behind it belongs. */
  readonly isDense?: boolean;
  /** The same layer with what it lacks, one value a feature, by the operator right behind that brings them. */
  readonly lacks?: Readonly<Record<string, (values: Tensor) => OnnxLayer>>;
  /** Of an activation: what it is applied to. */
  readonly applied?: { readonly activation: Activation; readonly to: Flow };
  /** Whether training leaves its weights as they are. */
  readonly isFixed?: boolean;
  /** Whether it leaves one row of a sequence. */
  readonly isEnd?: boolean;
  /** Whether it gives all steps again, whatever its parts leave. */
  readonly hasSteps?: boolean;
  /** Of what picks final states or features, made anew wherever they are read: layers that do the same say the same. */
  readonly end?: string;
  /** Chains of layers over the same input that it is made of. */
  readonly parts?: readonly (readonly OnnxLayer[])[];
  /**
   * @param options name; the activation of a dense layer; whether a recurrent one learns its initial states
   * @param parts a layer for each chain
   */
  make(options: OnnxLayerOptions, ...parts: readonly Layer[]): Layer;
}

/** What is special to recurrent layers. */
export interface OnnxRecurrent {
  readonly directions: number;
  readonly isReverse: boolean;
  /** Input that says how long the sequences are. */
  readonly lengths?: OnnxInput;
  /** Constant initial states [directions, units] that are not 0. */
  readonly initial: Readonly<Partial<Record<StateName, Tensor>>>;
}

/** A state vector of one direction of a layer. */
export interface OnnxStatePart {
  readonly layer: OnnxLayer;
  readonly direction: number;
  readonly state: StateName;
}

/** An input of the graph, and what its use has shown. */
export interface OnnxInput {
  readonly place: OnnxPlace;
  readonly axes: Axes;
  role?: "lengths" | "sequence" | "states";
  /** State vectors along its axis of layers. */
  readonly parts: (OnnxStatePart | undefined)[];
}

/** An input as it is handed on, before anybody has used it. */
export interface Given {
  readonly kind: "given";
  readonly input: OnnxInput;
  readonly axes: Axes;
  /** The part that is left of an axis of the input. */
  readonly range?: { readonly atoms: readonly Atom[]; readonly from: number; readonly to: number };
}

/** What the layers up to here make of the input. */
export interface Flow {
  readonly kind: "flow";
  readonly input: OnnxInput;
  readonly axes: Axes;
  readonly layers: readonly OnnxLayer[];
  /** What the last axis must hold for a layer to read it. */
  readonly features: readonly Atom[];
}

/** States with which recurrent layers end. */
export interface States {
  readonly kind: "states";
  readonly input: OnnxInput;
  readonly axes: Axes;
  /** The vectors along `stack`, or the only one; each with the layers up to its own. */
  readonly parts: readonly (OnnxStatePart & { readonly layers: readonly OnnxLayer[] })[];
  readonly stack: Atom;
  readonly units: Atom;
  /** Where layers and directions were set apart: what stands for the layers, `stack` being each one's directions. */
  readonly layers?: Atom;
}

/** Shares of 1 for the steps of each sequence, by which steps are weighed. */
export interface Shares {
  readonly kind: "shares";
  readonly input: OnnxInput;
  readonly axes: Axes;
  /** One number a step, of which they are the softmax. */
  readonly scores: Flow;
  /** The steps that were multiplied by them. */
  readonly of?: Flow;
}

/** A value that depends on the graph's inputs. */
export type Tracked = Flow | Given | States | Shares;

/** Any value of a graph. */
export type OnnxValue = OnnxConstant | Tracked;

/** Notes what of a node is not read, in words after its name. Its outputs are unknown then. */
export type Note = (node: OnnxNode, what: string) => undefined;

/** What an operator makes of its inputs: one value, those of all its outputs, or nothing when it took note of why not. */
export interface OnnxOperator {
  /** Names of the attributes that it reads. */
  readonly attributes: readonly string[];
  run(
    node: OnnxNode,
    inputs: readonly (OnnxValue | undefined)[],
    note: Note,
    opset: number,
  ): OnnxValue | readonly (OnnxValue | undefined)[] | undefined;
}
