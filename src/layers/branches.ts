import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { definitionOf, type Flow, type Layer, type LayerRun, type Planner, planLayer } from "./layer.js";
import type { Merge } from "./merge.js";
import { newRows, rowRange } from "./moveRows.js";

/** A layer that reads an input together with others, at its path within the layer that they make up. */
export interface Branch {
  readonly path: string;
  readonly layer: Layer;
}

/** What each of several layers gives for the same input. */
export function branchFlows(branches: readonly Branch[], input: Flow): Flow[] {
  return branches.map(({ layer }) => definitionOf(layer).output(layer.config, input));
}

/** Layers over the same input, whose outputs are merged row by row; the gradients of the input are summed in their order. */
export function planBranches(branches: readonly Branch[], merge: Merge, input: Rows, planner: Planner): LayerRun {
  const { region, training } = planner;
  const inputs = branches.map((_, index) => (index === 0 ? input : ownGradient(input, planner)));
  const runs = branches.map(({ path, layer }, index) => planLayer(layer, inputs[index] as Rows, planner.child(path)));
  const parts = runs.map((run) => run.output);
  const { layout } = parts[0] as Rows;
  const width = merge.width(parts.map((part) => part.width));
  const states = parts.flatMap((part) => part.states ?? []);
  const output: Rows = { ...newRows(region, layout, width, training), states };
  /** Branches that give one row a sequence give them at once. */
  const given = (from: number, to: number) =>
    layout === input.layout ? rowRange(layout, from, to) : rowRange(layout, 0, 1);
  return {
    output,
    states: runs.flatMap((run) => run.states),
    pack: () => runs.forEach((run) => run.pack()),
    begin: () => runs.forEach((run) => run.begin()),
    forward(from, to) {
      for (const run of runs) run.forward(from, to);
      merge.forward(output, parts, ...given(from, to));
    },
    backward(from, to) {
      merge.backward(output, parts, ...given(from, to));
      for (const run of runs) run.backward(from, to);
      addInputGradients(inputs, ...rowRange(input.layout, from, to));
    },
    gradients: (from, to) => runs.forEach((run) => run.gradients(from, to)),
  };
}

/** The same rows with a gradient of their own, if one is wanted. */
function ownGradient(input: Rows, { region }: Planner): Rows {
  if (input.gradient === 0) return input;
  const stride = 4 * padded(input.width);
  return { ...input, gradient: region.bytes(input.layout.capacity.rows * stride), gradientStride: stride };
}

function addInputGradients([input, ...others]: readonly Rows[], start: number, rows: number): void {
  const { gradient, gradientStride } = input as Rows;
  if (gradient === 0) return;
  for (const other of others) {
    const [to, from] = [gradient + start * gradientStride, other.gradient + start * other.gradientStride];
    core().addRows(to, gradientStride, from, other.gradientStride, rows, 4 * padded(other.width), 1);
  }
}
