import { definitionOf, type Flow, type Layer } from "../layers/layer.js";
import type { Layout } from "../tensor/layout.js";

/** The way back does two products for each of the way forward: of the data's gradient, and of the weights'. */
const TRAINING = 3;

/**
 * Multiply-adds of a network's way forward: those of one time step of one sequence, those of one sequence however long, and
 * those of one step of an answer, where answers have steps of their own.
 * Every weight of a matrix counts once for every row the matrix is applied to; what is done element by element does not.
 */
export interface Work {
  readonly perRow: number;
  readonly perSequence: number;
  readonly perAnswer: number;
}

/** The batch that the work is done on. */
interface Worked {
  readonly layout: Layout;
  readonly answers?: { readonly layout: Layout } | undefined;
}

/** The work of a network for an input. */
export function workOf(layer: Layer, input: Flow, isAnswering = false): Work {
  const definition = definitionOf(layer);
  const own = definition.products?.(layer.config, input) ?? matrixElements(layer, input);
  const place = input.each === "sequence" ? "perSequence" : isAnswering ? "perAnswer" : "perRow";
  const sum: Work = { perRow: 0, perSequence: 0, perAnswer: 0, [place]: own };
  const children = definition.children?.(layer.config, input) ?? [];
  return children.reduce(({ perRow, perSequence, perAnswer }, child) => {
    const inner = workOf(child.layer, child.input, isAnswering || child.isAnswering);
    return {
      perRow: perRow + inner.perRow,
      perSequence: perSequence + inner.perSequence,
      perAnswer: perAnswer + inner.perAnswer,
    };
  }, sum);
}

/** Multiply-adds of one way forward over a batch. */
export function forwardWork({ perRow, perSequence, perAnswer }: Work, { layout, answers }: Worked): number {
  return perRow * layout.rows + perSequence * layout.sequences + perAnswer * (answers?.layout.rows ?? 0);
}

/** Multiply-adds of one update on a batch. */
export function updateWork(work: Work, batch: Worked): number {
  return TRAINING * forwardWork(work, batch);
}

/** Multiply-adds of one update of truncated back-propagation: forward over the new rows, back over those of the whole window. */
export function truncatedWork(work: Work, fresh: Worked, window: Worked): number {
  return forwardWork(work, fresh) + (TRAINING - 1) * forwardWork(work, window);
}

function matrixElements(layer: Layer, input: Flow): number {
  let sum = 0;
  for (const { shape } of definitionOf(layer).parameters(layer.config, input)) {
    if (shape.length === 2) sum += (shape[0] as number) * (shape[1] as number);
  }
  return sum;
}
