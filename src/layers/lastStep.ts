import { ShapeError } from "../errors.js";
import type { Rows } from "../tensor/rows.js";
import { ints } from "../wasm/memory.js";
import {
  type Flow,
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { gatherValues, newRows, sumGradients } from "./moveRows.js";

/** The row of each sequence's last step. */
export const lastStepDefinition: LayerDefinition = {
  type: "lastStep",
  output: (_config, input) => perSequence("lastStep", input),
  parameters: () => [],
  plan: planLastStep,
  make: (_config, name) => lastStep({ name }),
  drawing: () => ({ kind: "gather", from: "last" }),
  describe: () => "lastStep",
};

/**
 * The output at each sequence's last valid step, masked ones left out: [batch, time, width] gives [batch, width]. An empty
 * sequence gives 0.
 * After a reverse layer that step has seen one input only: there `finalState` is what is usually meant.
 *
 * @example
 * sequential(lstm(16), lastStep(), dense(1));
 * @throws ArgumentError when an option is unknown; where a model is made, ShapeError when the steps are already gone
 */
export function lastStep(options: NameOptions = {}): Layer {
  return specifyNamed(lastStepDefinition, {}, options);
}

/** @throws ShapeError when there are no steps to choose from */
export function perSequence(owner: string, input: Flow): Flow {
  if (input.each !== "step") {
    throw new ShapeError(
      `${owner} expects [batch, time, ${input.width}] but receives [batch, ${input.width}]: the steps are already gone.`,
    );
  }
  return { width: input.width, each: "sequence" };
}

/** Rows for one value of `width` features a sequence. */
export function perSequenceRows(input: Rows, { region, training }: Planner): Rows {
  return newRows(region, input.layout.perSequence(), input.width, training);
}

function planLastStep(_config: object, input: Rows, planner: Planner): LayerRun {
  const output = perSequenceRows(input, planner);
  const { layout } = input;
  const index = planner.region.words(layout.capacity.sequences);
  let [seen, seenMask] = [-1, -1];
  return {
    output,
    states: [],
    pack() {},
    begin() {
      // Batches of one shape may differ in their masks alone.
      const mask = layout.mask?.version ?? 0;
      if (layout.version === seen && mask === seenMask) return;
      seen = layout.version;
      seenMask = mask;
      for (let rank = 0; rank < layout.sequences; rank++) ints[(index >> 2) + rank] = layout.lastRow(rank);
    },
    forward: () => gatherValues(output, input, index, layout.sequences),
    backward() {
      if (input.gradient !== 0) sumGradients(input, output, index, layout.sequences);
    },
    gradients() {},
  };
}
