import type { Tensor } from "../tensor/tensor.js";
import { type Atom, type Axes, type AxisRole, fitsSize, isSame, sizesOf } from "./onnxAxes.js";
import { isEnded } from "./onnxBranches.js";
import { OnnxConstant } from "./onnxConstant.js";
import type { OnnxNode } from "./onnxFile.js";
import { asFlow, claim, isTracked, withLayer } from "./onnxLayers.js";
import { numberOf } from "./onnxNode.js";
import { initialState, recurrentLayer } from "./onnxRecurrent.js";
import { type OnnxWeights, readRecurrentWeights } from "./onnxRecurrentWeights.js";
import type {
  Flow,
  Given,
  Note,
  OnnxInput,
  OnnxLayer,
  OnnxRecurrent,
  OnnxValue,
  StateName,
  States,
} from "./onnxValues.js";

type Inputs = readonly (OnnxValue | undefined)[];
type Axis = readonly Atom[];

/** Inputs of the operators RNN, GRU and LSTM: X, W, R, B, sequence_lens, initial_h, initial_c, P. */
const LENGTHS = 4;
const INITIAL = 5;

/** The layer that RNN, GRU or LSTM becomes, and its outputs Y, Y_h and Y_c. */
export function runRecurrent(node: OnnxNode, inputs: Inputs, note: Note): (Flow | States)[] | undefined {
  const [x] = inputs;
  const flow = asFlow(node, x, note);
  if (flow === undefined) return undefined;
  const weights = readRecurrentWeights(node, inputs);
  if (weights === undefined) return note(node, "with weights that are no constants");
  const isBatchFirst = numberOf(node, "layout", 0) === 1;
  const axes = inputAxes(node, flow, isBatchFirst, weights, note);
  const lengths = axes && lengthsOf(node, inputs[LENGTHS], axes, note);
  const initial = constantStates(node, inputs, isBatchFirst, weights, note);
  if (axes === undefined || lengths === undefined || initial === undefined) return undefined;
  const layer = recurrentLayer(node, weights, { initial, ...(lengths === "none" ? {} : { lengths }) });
  for (const [index, state] of weights.states.entries()) {
    const value = inputs[INITIAL + index];
    if (!isTracked(value)) continue;
    if (!takeState(value, layer, state, isBatchFirst, axes.batch, weights.units))
      return note(node, `with an initial ${state} that is neither an input nor constant`);
  }
  return outputsOf(flow, layer, weights, axes, isBatchFirst);
}

/** The constant initial states that are not 0. */
function constantStates(
  node: OnnxNode,
  inputs: Inputs,
  isBatchFirst: boolean,
  { states, directions, units }: OnnxWeights,
  note: Note,
): OnnxRecurrent["initial"] | undefined {
  const found: Partial<Record<StateName, Tensor>> = {};
  for (const [index, state] of states.entries()) {
    const value = inputs[INITIAL + index];
    if (!(value instanceof OnnxConstant)) continue;
    const { shape } = value;
    const fits = shape.length === 3 && shape[isBatchFirst ? 1 : 0] === directions && shape[2] === units;
    const begins = fits ? initialState(value, isBatchFirst) : undefined;
    if (begins === undefined)
      return note(node, `with a constant initial ${state} that is not the same for every sequence`);
    if (begins !== "zero") found[state] = begins;
  }
  return found;
}

interface InputAxes {
  readonly time: Axis;
  readonly batch: Axis;
}

/** Time and batch of X [time, batch, features], or with both exchanged. */
function inputAxes(
  node: OnnxNode,
  { axes, layers, features }: Flow,
  isBatchFirst: boolean,
  { inputSize }: OnnxWeights,
  note: Note,
): InputAxes | undefined {
  const [first, second, last] = axes as [Axis, Axis, Axis];
  if (axes.length !== 3 || !isSame(last, features)) return note(node, "of anything but [time, batch, features]");
  if (!fitsSize(features, inputSize))
    return note(node, `whose W reads ${inputSize} features of ${sizesOf([features])[0]}`);
  if (isEnded(layers)) return note(node, "of one row a sequence, whose steps are gone");
  const [time, batch] = isBatchFirst ? [second, first] : [first, second];
  const fits = assign(time, "time") && assign(batch, "batch");
  return fits ? { time, batch } : note(node, "over another axis than the layers before it");
}

/** Says what an axis stands for; false when it stands for something else, or for several things. */
function assign(atoms: Axis, role: AxisRole): boolean {
  const known = atoms.filter(({ size }) => size !== 1);
  for (const atom of atoms) atom.role ??= role;
  return known.length <= 1 && known.every((atom) => atom.role === role);
}

function lengthsOf(
  node: OnnxNode,
  value: OnnxValue | undefined,
  axes: InputAxes,
  note: Note,
): OnnxInput | "none" | undefined {
  if (value === undefined) return "none";
  if (value instanceof OnnxConstant)
    return value.uniform() === sizesOf([axes.time])[0] ? "none" : note(node, "with constant lengths");
  const isPlain = value.kind === "given" && value.range === undefined && value.axes.length === 1;
  if (!isPlain || claim(value.input, "lengths") === undefined) return note(node, "with lengths that are no input");
  assign(value.axes[0] as Axis, "batch");
  return value.input;
}

/** Makes an input [directions, batch, units], or a part of one, the state that a layer begins with. */
function takeState(
  value: Exclude<OnnxValue, OnnxConstant>,
  layer: OnnxLayer,
  state: StateName,
  isBatchFirst: boolean,
  batch: Axis,
  width: number,
): boolean {
  if (value.kind !== "given" || value.axes.length !== 3 || claim(value.input, "states") === undefined) return false;
  const { input, range } = value as Given;
  const [first, second, units] = value.axes as [Axis, Axis, Axis];
  const [layers, sequences] = isBatchFirst ? [second, first] : [first, second];
  const { directions } = layer.recurrent as OnnxRecurrent;
  const from = range?.from ?? 0;
  const isWhole = sizesOf([layers])[0] === directions && (range === undefined || range.to - from === directions);
  const free = Array.from({ length: directions }, (_, index) => input.parts[from + index] === undefined).every(Boolean);
  const fits =
    isWhole && free && fitsSize(units, width) && assign(range?.atoms ?? layers, "layers") && assign(units, "features");
  if (!fits || (batch.length > 0 && !assign(sequences, "batch"))) return false;
  for (let direction = 0; direction < directions; direction++)
    input.parts[from + direction] = { layer, direction, state };
  return true;
}

/** Y, Y_h and Y_c: [time, directions, batch, units] and [directions, batch, units], or batch first. */
function outputsOf(
  flow: Flow,
  layer: OnnxLayer,
  { directions, units, states }: OnnxWeights,
  { time, batch }: InputAxes,
  isBatchFirst: boolean,
): (Flow | States)[] {
  const features: Atom = { size: units, role: directions === 1 ? "features" : "units" };
  const both: Atom = { size: directions, role: "direction" };
  const axes: Axes = isBatchFirst ? [batch, time, [both], [features]] : [time, [both], batch, [features]];
  const whole = withLayer(flow, layer, axes, [both, features]);
  const stack: Atom = { size: directions, role: "layers" };
  const ends = states.map((state): States => {
    const parts = Array.from({ length: directions }, (_, direction) => ({
      layer,
      direction,
      state,
      layers: whole.layers,
    }));
    const own: Atom = { size: units, role: "features" };
    const order: Axes = isBatchFirst ? [batch, [stack], [own]] : [[stack], batch, [own]];
    return { kind: "states", input: flow.input, axes: order, parts, stack, units: own };
  });
  return [whole, ...ends];
}
