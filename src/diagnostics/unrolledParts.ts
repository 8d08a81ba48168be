import type { Drawing, Inner, PhaseDrawing } from "../layers/drawing.js";
import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import type { RecurrentConfig } from "../layers/recurrentConfig.js";
import { elements } from "../shape.js";
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
  | { readonly kind: "turn"; readonly label: string; readonly width: number }
  | { readonly kind: "chain"; readonly parts: readonly Part[]; readonly width: number }
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
  const hues = palette();
  const drawing = drawingOf(layer, input);
  if (drawing?.kind === "phases") return drawing.phases.map((phase) => phaseOf(phase, hues));
  const whole: PhaseDrawing = { title: "", layers: [{ path: "", layer, input }], input: "every", answers: true };
  return [phaseOf(whole, hues)];
}

function phaseOf({ layers, attention, ...phase }: PhaseDrawing, hues: () => string): Phase {
  const found = layers.map((inner) => flat(partOf(inner, hues)));
  const parts = found.flat();
  const width = layers[0]?.input.width ?? 0;
  const part: Phase["part"] = { kind: "chain", parts, width: parts.at(-1)?.width ?? width };
  if (attention === undefined) return { ...phase, width, part };
  const parameters = attention.layers.reduce((sum, inner) => sum + parametersOf(inner), 0);
  const look = { parameters, hue: parameters === 0 ? INK.soft : hues() };
  const after = found.slice(0, attention.after).flat().length;
  return { ...phase, width, part, attention: { ...look, label: attention.kind, width: attention.width, after } };
}

function parametersOf({ layer, input }: Inner): number {
  const specs = definitionOf(layer).parameters(layer.config, input);
  return specs.reduce((sum, { shape }) => sum + elements(shape), 0);
}

function partOf({ layer, input }: Inner, hues: () => string): Part {
  const definition = definitionOf(layer);
  const { width } = definition.output(layer.config, input);
  const drawing = drawingOf(layer, input);
  const children = definition.children?.(layer.config, input);
  if (drawing?.kind === "gather" || drawing?.kind === "turn")
    return { ...drawing, label: definition.describe(layer.config), width };
  if (children === undefined) return rowOf(layer, input, width, hues);
  const parts = children.map((child) => partOf(child, hues));
  if (drawing?.kind === "parallel") return { ...drawing, parts, width };
  const chain: Part = parts.length === 1 ? (parts[0] as Part) : { kind: "chain", parts: parts.flatMap(flat), width };
  return drawing?.kind === "bypass" ? { ...drawing, part: chain, width } : chain;
}

function flat(part: Part): readonly Part[] {
  return part.kind === "chain" ? part.parts : [part];
}

function rowOf(layer: Layer, input: Flow, width: number, hues: () => string): Part {
  const definition = definitionOf(layer);
  const parameters = parametersOf({ path: "", layer, input });
  const label = definition.describe(layer.config).replace(/, reverse\)$/, ")");
  const look = { label, width, parameters, hue: parameters === 0 ? INK.soft : hues() };
  if (definition.cell === undefined) return { kind: "step", ...look };
  const { direction, initialState } = layer.config as RecurrentConfig;
  const { states } = definition.cell;
  return { kind: "cell", ...look, states, isReversed: direction === "reverse", isLearned: initialState === "learned" };
}

function drawingOf(layer: Layer, input: Flow): Drawing | undefined {
  return definitionOf(layer).drawing?.(layer.config, input);
}

/** The next hue at every call. */
function palette(): () => string {
  let next = 0;
  return () => HUES[next++ % HUES.length] as string;
}
