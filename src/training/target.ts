import { Dataset } from "../data/dataset.js";
import { readAs } from "../data/inputKind.js";
import { ArgumentError, ShapeError } from "../errors.js";
import type { Flow } from "../layers/layer.js";
import type { BoundTarget, TargetKind, Wants } from "../losses/targetKind.js";
import { valueTargets } from "../losses/valueTargets.js";
import { show } from "../shape.js";
import type { AnyLoss } from "./lossFunction.js";

/** Targets already bound: a loop of a program's own asks again for every batch. */
const bound = new WeakMap<Dataset, { readonly output: Flow; readonly loss: AnyLoss; readonly target: BoundTarget }>();

/**
 * Reads a dataset's targets for an output and a loss; checks them whole, once. Steps that do not count are not looked at.
 * @throws ShapeError when shapes do not match the output, ArgumentError when a class number or a value is out of range
 */
export function bindTarget(data: Dataset, output: Flow, loss: AnyLoss): BoundTarget {
  const known = bound.get(data);
  if (known !== undefined && known.loss === loss && sameFlow(known.output, output)) return known.target;
  const wants: Wants = typeof loss === "function" ? ANY : loss;
  const width = targetWidth(output, wants);
  const read = asRead(data, output);
  for (const kind of wants.targets) {
    const target = kind.bind(read, output, wants, width);
    if (target === undefined) continue;
    bound.set(data, { output, loss, target });
    return target;
  }
  throw mismatch(data, width, output, wants.targets);
}

/** With the input as the network reads it, which tells its steps. */
function asRead(data: Dataset, { reads }: Flow): Dataset {
  const input = readAs(reads, "the model", data.input);
  return input === data.input ? data : new Dataset(input, data.target, data);
}

/** What a loss function of a user's own wants. */
const ANY: Wants = { name: "the loss", targets: [valueTargets], leastWidth: 1 };

/** Values that a target row must have for an output. @throws ShapeError when the output does not suit the loss */
function targetWidth({ width, squashedBy }: Flow, wants: Wants): number {
  const { name, leastWidth, width: own = width, outputsPerTarget = 1, takesLogits } = wants;
  if (takesLogits && squashedBy !== undefined)
    throw new ArgumentError(
      `${name} takes logits, its ${squashedBy} is its own: leave that out at the network's end. For probabilities, apply it to what predict gives.`,
    );
  if (width < leastWidth)
    throw new ShapeError(`${name} needs at least ${leastWidth} outputs, the model gives ${width}.`);
  if (width !== own) throw new ShapeError(`${name} has weights for ${own} outputs, the model gives ${width}.`);
  if (width % outputsPerTarget !== 0)
    throw new ShapeError(
      `${name} needs ${outputsPerTarget} outputs for each value of the target, the model gives ${width}.`,
    );
  return wants.targetWidth?.(width) ?? width / outputsPerTarget;
}

function sameFlow(a: Flow, b: Flow): boolean {
  if (a === b) return true;
  const isAlike = a.width === b.width && a.each === b.each && a.hasOwnSteps === b.hasOwnSteps;
  return isAlike && a.reads?.key === b.reads?.key;
}

function mismatch({ target }: Dataset, width: number, output: Flow, kinds: readonly TargetKind[]): ShapeError {
  const wanted = kinds.map((kind) => kind.describe(output, width)).join(" or ");
  const came = [target.count, ...[target.lengths[0] ?? 0, target.width].slice(2 - target.axes)];
  return new ShapeError(`the model's output wants targets ${wanted} but received ${show(came)}.`);
}
