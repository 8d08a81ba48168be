import type { Drawing, Inner, PhaseDrawing } from "../layers/drawing.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import { parameterTree } from "../layers/parameterTree.js";
import type { RecurrentConfig } from "../layers/recurrentConfig.js";
import { elements } from "../shape.js";
import type { ParameterSpec } from "../tensor/parameters.js";
import { HUES, INK } from "./svg.js";

/** What a row of a drawing stands for, and how it is painted. */
export interface RowLook {
  /** `lstm(16)` */
  readonly label: string;
  /** Features of its output. */
  readonly width: number;
  /** Numbers that it learns; the same at every step. */
  readonly parameters: number;
  readonly hue: string;
}

/** A network's structure as a drawing needs it, from the input up. */
export type Part =
  | (RowLook & {
      readonly kind: "cell";
      readonly states: readonly string[];
      readonly isReversed: boolean;
      readonly isLearned: boolean;
    })
  | (RowLook & { readonly kind: "step" })
  | { readonly kind: "gather"; readonly from: "last" | "ends" | "all"; readonly label: string; readonly width: number }
  | { readonly kind: "spread"; readonly label: string; readonly width: number }
  | { readonly kind: "turn"; readonly label: string; readonly width: number }
  | { readonly kind: "chain"; readonly parts: readonly Part[]; readonly width: number }
  /** Tracks side by side; without a `merge` what comes next takes them as they are. */
  | { readonly kind: "parallel"; readonly parts: readonly Part[]; readonly merge: string; readonly width: number }
  | { readonly kind: "bypass"; readonly part: Part; readonly width: number };

/** A stretch of time with the parts of its network. */
export interface Phase extends Omit<PhaseDrawing, "layers" | "attention"> {
  readonly part: Part & { readonly kind: "chain" };
  /** Features of its input. */
  readonly width: number;
  /** Attention above so many of its parts. */
  readonly attention?: RowLook & { readonly after: number };
}

/** The phases of a network; a single one unless its definition draws more. */
export function phasesOf(layer: Layer, input: Flow): Phase[] {
  const paint = painter(layer, input);
  const drawing = drawingOf(layer, input);
  if (drawing?.kind === "phases") return drawing.phases.map((phase) => phaseOf(phase, paint));
  const whole: PhaseDrawing = { title: "", layers: [{ path: "", layer, input }], input: "every", answers: true };
  return [phaseOf(whole, paint)];
}

function phaseOf({ layers, attention, ...phase }: PhaseDrawing, paint: Painter): Phase {
  const found = layers.map((inner) => flat(partOf(inner, "", paint)));
  const parts = found.flat();
  const width = layers[0]?.input.width ?? 0;
  const part: Phase["part"] = { kind: "chain", parts, width: parts.at(-1)?.width ?? width };
  if (attention === undefined) return { ...phase, width, part };
  const look = lookOf(
    attention.layers.flatMap((inner) => parametersOf(inner, "")),
    paint,
  );
  const after = found.slice(0, attention.after).flat().length;
  return { ...phase, width, part, attention: { ...look, label: attention.kind, width: attention.width, after } };
}

/** A layer's own parameters, by their names in the network. @param prefix path of what is around it, with a dot at its end */
function parametersOf({ path, layer, input }: Inner, prefix: string): ParameterSpec[] {
  const specs = definitionOf(layer).parameters(layer.config, input);
  return specs.map((spec) => ({ ...spec, name: below(prefix, path) + spec.name }));
}

function below(prefix: string, path: string): string {
  return path === "" ? prefix : `${prefix}${path}.`;
}

function lookOf(specs: readonly ParameterSpec[], paint: Painter): Pick<RowLook, "parameters" | "hue"> {
  const parameters = specs.reduce((sum, { shape }) => sum + elements(shape), 0);
  return { parameters, hue: parameters === 0 ? INK.soft : paint(specs) };
}

function partOf(inner: Inner, prefix: string, paint: Painter): Part {
  const { path, layer, input } = inner;
  const definition = definitionOf(layer);
  const { width } = definition.output(layer.config, input);
  const drawing = drawingOf(layer, input);
  const children = definition.children?.(layer.config, input);
  if (children === undefined && (drawing?.kind === "gather" || drawing?.kind === "turn"))
    return { ...drawing, label: definition.describe(layer.config), width };
  if (children === undefined) return rowOf(layer, width, lookOf(parametersOf(inner, prefix), paint));
  const parts = children.map((child) => partOf(child, below(prefix, path), paint));
  if (drawing?.kind === "parallel") return { ...drawing, parts, width };
  if (drawing?.kind === "spread") parts.push({ ...drawing, label: "at every step", width });
  const chain: Part = parts.length === 1 ? (parts[0] as Part) : { kind: "chain", parts: parts.flatMap(flat), width };
  if (drawing?.kind === "gather") return weighted(chain, { ...drawing, label: layer.type, width });
  return drawing?.kind === "bypass" ? { ...drawing, part: chain, width } : chain;
}

/** Steps and what a chain makes of each, both of which lead to one answer. */
function weighted(scores: Part, bar: Part & { readonly kind: "gather" }): Part {
  const steps: Part = { kind: "chain", parts: [], width: bar.width };
  const both: Part = { kind: "parallel", parts: [steps, scores], merge: "", width: bar.width };
  return { kind: "chain", parts: [both, bar], width: bar.width };
}

function flat(part: Part): readonly Part[] {
  return part.kind === "chain" ? part.parts : [part];
}

function rowOf(layer: Layer, width: number, weights: Pick<RowLook, "parameters" | "hue">): Part {
  const definition = definitionOf(layer);
  const label = definition.describe(layer.config).replace(", reverse)", ")");
  const look = { label, width, ...weights };
  if (definition.cell === undefined) return { kind: "step", ...look };
  const { direction, initialState } = layer.config as RecurrentConfig;
  const { states } = definition.cell;
  return { kind: "cell", ...look, states, isReversed: direction === "reverse", isLearned: initialState === "learned" };
}

function drawingOf(layer: Layer, input: Flow): Drawing | undefined {
  return definitionOf(layer).drawing?.(layer.config, input);
}

/** The hue of what has these parameters: another one for each set of weights. */
type Painter = (specs: readonly ParameterSpec[]) => string;

function painter(layer: Layer, input: Flow): Painter {
  const owners = new Map(parameterTree(layer, input).map(({ name, owner = name }) => [name, owner]));
  const hues = new Map<string, string>();
  return (specs) => {
    const weights = specs.map(({ name }) => owners.get(name)).join(" ");
    const hue = hues.get(weights) ?? (HUES[hues.size % HUES.length] as string);
    hues.set(weights, hue);
    return hue;
  };
}
