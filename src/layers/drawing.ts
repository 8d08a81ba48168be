import type { Flow, Layer } from "./layer.js";

/** A layer inside another, where it stands and what it receives. */
export interface Inner {
  readonly path: string;
  readonly layer: Layer;
  readonly input: Flow;
}

/**
 * How a drawing of the unfolded network shows a layer, where the layer itself must tell: layers inside it that stand side by
 * side, an input that is led past them, one answer taken from all steps or given to all of them, steps that change their places,
 * or stretches of time that follow each other.
 * Without such a word a layer is a row of its own, or the chain of the layers inside it.
 */
export type Drawing =
  | { readonly kind: "parallel"; readonly merge: string }
  | { readonly kind: "bypass" }
  | { readonly kind: "gather"; readonly from: "last" | "ends" | "all" }
  | { readonly kind: "spread" }
  | { readonly kind: "turn" }
  | { readonly kind: "phases"; readonly phases: readonly PhaseDrawing[] };

/** One stretch of time of a network: its only one, or an encoder's, or a decoder's. */
export interface PhaseDrawing {
  /** What stands above it; "" for nothing. */
  readonly title: string;
  /** What it is made of, from the input to the output. */
  readonly layers: readonly Inner[];
  /** Where its input comes in, and what the later steps receive if it comes in at the first alone. */
  readonly input: "every" | "output" | "repeat" | "zeros";
  /** What its input is called: `x`, or what a decoder starts from. */
  readonly inputName?: string;
  /** How its states begin where those of the phase before it ended: as they are, or by way of a bridge of that name. */
  readonly begins?: "handed over" | (string & {});
  /** Whether its output leaves the network; an encoder's does not. */
  readonly answers: boolean;
  /** How it looks at all outputs of the phase before it, if it does. */
  readonly attention?: AttentionDrawing;
}

/** Attention between two phases. */
export interface AttentionDrawing {
  readonly kind: string;
  /** How many of the phase's layers stand below it. */
  readonly after: number;
  /** Features that it gives to the layer above. */
  readonly width: number;
  /** Layers whose weights are its own. */
  readonly layers: readonly Inner[];
}
