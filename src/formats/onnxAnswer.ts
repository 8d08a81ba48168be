import { FormatError } from "../errors.js";
import { leavesOf } from "./onnxBranches.js";
import { asFlow } from "./onnxLayers.js";
import { layersOf, type OnnxNetwork } from "./onnxNetwork.js";
import type { Flow, Note, OnnxInput, OnnxLayer, Tracked } from "./onnxValues.js";

/** What of a graph becomes a model. */
export interface OnnxAnswer {
  /** Name of the output that the model gives; undefined where the graph has none but states that no layer gives as its output. */
  readonly name?: string;
  readonly flow?: Flow;
  readonly layers: readonly OnnxLayer[];
  readonly input: OnnxInput;
}

/** @throws FormatError when it cannot be told, or is not one chain of layers with a recurrent one in it */
export function answerOf({ inputs, outputs }: OnnxNetwork, wanted?: string): OnnxAnswer {
  const answer = chosen(outputs, wanted);
  const leaves = leavesOf(answer?.layers ?? []);
  const recurrent = leaves.flatMap((layer) => layer.recurrent ?? []);
  if (answer === undefined || recurrent.length === 0)
    throw new FormatError("ONNX file: its outputs come from no recurrent operator (RNN, GRU or LSTM).");
  if (recurrent.some(({ lengths }) => lengths !== recurrent[0]?.lengths))
    throw new FormatError("ONNX file: some recurrent operators have lengths and others not, or other ones.");
  for (const { place, axes, parts, role } of inputs) {
    const count = role === "states" ? statesIn(axes, parts.length) : 0;
    // A list that lacks one at its end is shorter; one in its middle is a hole.
    if (parts.length < count || Array.from(parts).includes(undefined))
      throw new FormatError(`ONNX file: input "${place.name}" is read in part only.`);
  }
  for (const [name, value] of wanted === undefined ? outputs : []) {
    if (value.kind !== "states" || value.parts.every(({ layer }) => leaves.includes(layer))) continue;
    throw new FormatError(
      `ONNX file: output "${name}" holds states of layers that "${answer.name}" does not come from. Choose one: { output }.`,
    );
  }
  return answer;
}

/** How many states an input has room for: along the axis that stands for layers, if it has one. */
function statesIn(axes: OnnxInput["axes"], found: number): number {
  const atom = axes.flat().find(({ role }) => role === "layers");
  return atom?.size ?? found;
}

function chosen(outputs: ReadonlyMap<string, Tracked>, wanted: string | undefined): OnnxAnswer | undefined {
  const given = [...outputs].filter(([name]) => wanted === undefined || name === wanted);
  const flows = given.filter((entry): entry is [string, Flow] => entry[1].kind === "flow");
  if (flows.length > 1) {
    const names = flows.map(([name]) => `"${name}"`).join(", ");
    throw new FormatError(`ONNX file: it has several data paths, to the outputs ${names}. Choose one: { output }.`);
  }
  const [first] = flows;
  if (first !== undefined) return ofFlow(...first);
  for (const [name, value] of given) {
    const flow = value.kind === "states" ? quietly(value) : undefined;
    if (flow !== undefined) return ofFlow(name, flow);
  }
  const shares = given.find(([, value]) => value.kind === "shares");
  if (shares !== undefined)
    throw new FormatError(`ONNX file: output "${shares[0]}" holds shares of steps, which no layer gives.`);
  const longest = given.map(([, value]) => value).sort((a, b) => layersOf(b).length - layersOf(a).length)[0];
  return longest && { layers: layersOf(longest), input: longest.input };
}

function ofFlow(name: string, flow: Flow): OnnxAnswer {
  const places = flow.axes.flat().flatMap((atom) => (atom.role === "features" ? flow.features.indexOf(atom) : []));
  if (places.some((place, index) => place < (places[index - 1] ?? 0)))
    throw new FormatError(
      `ONNX file: output "${name}" has the features of its rows in another order than they were made in.`,
    );
  return { name, flow, layers: flow.layers, input: flow.input };
}

/** States as an output, where a layer gives them so. */
function quietly(value: Tracked): Flow | undefined {
  const note: Note = () => undefined;
  const [layer] = layersOf(value);
  return layer && asFlow(layer.node, value, note);
}
