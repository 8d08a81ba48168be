import type { OnnxAnswer } from "../formats/onnxAnswer.js";
import { type Atom, type Axes, isSame } from "../formats/onnxAxes.js";
import type { OnnxNetwork } from "../formats/onnxNetwork.js";
import type { OnnxLayer, OnnxStatePart } from "../formats/onnxValues.js";
import { type OnnxOptions, readOnnx } from "./loadOnnx.js";
import { chainOf } from "./onnxChain.js";
import { stateShapes } from "./states.js";

/** A state vector of one direction of a recurrent layer. */
export interface OnnxStatePlace {
  /** Path of the layer, with `.reverse` where it reads from the end, as `run` has it. */
  readonly path: string;
  /** Hidden or cell state. */
  readonly state: "h" | "c";
}

/** An input or output of an ONNX file, and what it is of the model that `loadOnnx` makes. */
export interface OnnxPort {
  /** Its name in the file. */
  readonly name: string;
  /** What the model reads or answers, `lengths`, or states that a sequence begins or ends with. */
  readonly kind: "sequence" | "lengths" | "states";
  /**
   * What its axes stand for: batch, time, features; direction and units where the features are apart; layers, of
   * states. Several in one are joined (`"batch*time"`); `"1"` is an axis of that length.
   */
  readonly axes: readonly string[];
  /** Of states: the state vector at each place along its axis of layers. */
  readonly states: readonly OnnxStatePlace[];
}

/** Inputs and outputs of an ONNX file. */
export interface OnnxDescription {
  /** Those that the outputs depend on, in the order of the file. */
  readonly inputs: readonly OnnxPort[];
  /** What the model answers, and final states. */
  readonly outputs: readonly OnnxPort[];
}

/**
 * How the inputs and outputs of an ONNX file lie, and which of the model's they are, so that data for the one can be given to
 * the other. No model is made.
 *
 * @param bytes the whole file
 * @example
 * const { inputs } = describeOnnx(bytes);
 * inputs[0];   // { name: "x", kind: "sequence", axes: ["time", "batch", "features"], states: [] }
 * inputs[1];   // { name: "h0", kind: "states", axes: ["layers", "batch", "features"], states: [{ path: "rnn", state: "h" }] }
 * @throws FormatError as `loadOnnx`
 */
export function describeOnnx(bytes: Uint8Array | ArrayBuffer, options: OnnxOptions = {}): OnnxDescription {
  const { network, answer } = readOnnx("describeOnnx", bytes, options);
  const pathOf = statePaths(answer);
  return { inputs: inputPorts(network, pathOf), outputs: outputPorts(network, answer, pathOf) };
}

type PathOf = (part: OnnxStatePart) => string | undefined;

/** Paths of the states of each layer and direction, undefined for a layer that is none of the model's. */
function statePaths({ layers }: OnnxAnswer): PathOf {
  const { layer, leaves, inputSize } = chainOf(layers);
  const shapes = stateShapes(layer, { width: inputSize, each: "step" });
  const found = new Map<OnnxLayer, string[]>();
  let at = 0;
  for (const one of leaves.keys()) {
    const count = one.recurrent?.directions ?? 0;
    found.set(
      one,
      shapes.slice(at, at + count).map(({ path }) => path),
    );
    at += count;
  }
  return ({ layer: own, direction }) => found.get(own)?.[direction];
}

type Places = OnnxPort["states"];

/** Where states lie in the model; undefined where some are of layers that its output does not come from. */
function placesOf(parts: readonly (OnnxStatePart | undefined)[], pathOf: PathOf): Places | undefined {
  const places = parts.map((part) => ({ path: part && pathOf(part), state: part?.state }));
  return places.every(({ path }) => path !== undefined) ? (places as Places) : undefined;
}

function inputPorts({ inputs }: OnnxNetwork, pathOf: PathOf): OnnxPort[] {
  return inputs.flatMap(({ place: { name }, axes, parts, role }) => {
    const states = placesOf(parts, pathOf);
    return role === undefined || states === undefined ? [] : [{ name, kind: role, axes: names(axes, []), states }];
  });
}

function outputPorts({ outputs }: OnnxNetwork, { name: own, flow }: OnnxAnswer, pathOf: PathOf): OnnxPort[] {
  return [...outputs].flatMap(([name, value]): OnnxPort[] => {
    if (name === own && flow !== undefined)
      return [{ name, kind: "sequence", axes: names(flow.axes, flow.features), states: [] }];
    const states = value.kind === "states" ? placesOf(value.parts, pathOf) : undefined;
    return states === undefined ? [] : [{ name, kind: "states", axes: names(value.axes, []), states }];
  });
}

/** What axes stand for. @param features the atoms that are one row, where they are known */
function names(axes: Axes, features: readonly Atom[]): string[] {
  return axes.map((atoms) => {
    // Sizes of 1 tell nothing: beside the row itself, other axes are none of its parts.
    const last = features.at(-1);
    const isHeld = last !== undefined && axes.some((other) => other.includes(last));
    const isOwn = isHeld ? atoms.includes(last) : atoms.some((atom) => features.includes(atom));
    if (isOwn && isSame(atoms, features)) return "features";
    const long = atoms.filter(({ size }) => size !== 1);
    return (long.length > 0 ? long : atoms).map((atom) => nameOf(atom, features)).join("*") || "1";
  });
}

function nameOf(atom: Atom, features: readonly Atom[]): string {
  const isCut = features.every(({ role }) => role === "features");
  if (features.length === 1 || isCut || !features.includes(atom)) return atom.role ?? "unknown";
  return atom === features[0] ? "direction" : "units";
}
