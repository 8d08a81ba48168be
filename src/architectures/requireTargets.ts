import { ArgumentError, ShapeError } from "../errors.js";
import type { Answering } from "../layers/answering.js";
import { definitionOf, type Flow, type Layer, type LayerDefinition } from "../layers/layer.js";
import type { BoundTarget } from "../losses/targetKind.js";

/** Targets already held against a network: every batch of a loop asks again. */
const known = new WeakMap<BoundTarget, Layer>();

/**
 * Holds targets against a network that answers at steps of its own, and may read them as the inputs of these steps.
 * @throws ShapeError when they are of another kind than its answers
 * @throws ArgumentError when a token is none, or no answer ends with the stop token
 */
export function requireTargets(layer: Layer, { width }: Flow, target: BoundTarget): void {
  if (known.get(target) === layer) return;
  const { answers, describe } = definitionOf(layer);
  const { readsTargets, kind, stop } = (answers as Required<LayerDefinition>["answers"])(layer.config);
  const owner = describe(layer.config);
  if (readsTargets) requireReadable(owner, width, kind, target);
  if (stop !== undefined && target.kind.name === "classes") requireStop(owner, stop, target);
  known.set(target, layer);
}

function requireReadable(owner: string, width: number, kind: Answering["kind"], target: BoundTarget): void {
  if (kind === "values") {
    if (target.kind.name === "values" && target.rows.width === width) return;
    throw new ShapeError(
      `${owner} reads its targets as inputs (teacher forcing): they must be values [batch, time, ${width}], as it gives them. Or set teacherForcing to 0.`,
    );
  }
  if (target.kind.name === "classes") {
    requireTokens(owner, width, target);
    return;
  }
  throw new ShapeError(
    `${owner} reads its targets as inputs (teacher forcing): they must be token numbers [batch, time], and the loss one of classes, such as crossEntropy. Or set teacherForcing to 0.`,
  );
}

/** Steps that do not count are read too: the steps after them are fed with them. */
function requireTokens(owner: string, width: number, { rows }: BoundTarget): void {
  rows.each((token, index, step) => {
    if (Number.isInteger(token) && token >= 0 && token < width) return;
    throw new ArgumentError(
      `${owner} reads its targets as inputs: a token must be a whole number from 0 to ${width - 1}, received ${token} in target ${index}, step ${step}. What is ignored must stand at the end.`,
    );
  });
}

/** One answer may have been cut; where none ends, the network cannot learn to. */
function requireStop(owner: string, stop: number, { rows: { values, starts, lengths } }: BoundTarget): void {
  let isEmpty = true;
  for (let index = 0; index < starts.length; index++) {
    const length = lengths[index] as number;
    if (length > 0) isEmpty = false;
    if (length > 0 && values[(starts[index] as number) + length - 1] === stop) return;
  }
  if (isEmpty) return;
  throw new ArgumentError(
    `no target ends with ${stop}, the stop token of ${owner}, which would never learn to end. Append it to every target, or leave stop out.`,
  );
}
