import { ShapeError } from "../errors.js";
import type { Rows } from "../tensor/rows.js";
import { ints } from "../wasm/memory.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { gatherGradients, gatherValues, newRows } from "./moveRows.js";

/** The steps of each sequence last first. */
export const reverseStepsDefinition: LayerDefinition = {
  type: "reverseSteps",
  output(_config, { width, each }) {
    if (each === "step") return { width, each };
    throw new ShapeError(
      `reverseSteps expects [batch, time, ${width}] but receives [batch, ${width}]: the steps are gone.`,
    );
  },
  parameters: () => [],
  plan: planReverseSteps,
  reverse: (layer) => layer,
  make: (_config, name) => reverseSteps({ name }),
  cannotStep: () => "its first step is the last of a sequence, which is yet to come.",
  drawing: () => ({ kind: "turn" }),
  describe: () => "reverseSteps",
};

/**
 * The steps of each sequence in the opposite order: [batch, time, D] as it is. A layer with `direction: "reverse"` reads from the
 * end and leaves the order alone; this turns the order itself, for answers that are wanted last first, or as Keras's
 * `go_backwards` hands its sequences on. A mask stays where it is.
 *
 * @example
 * const model = new Model(sequential(gru(4, { direction: "reverse" }), reverseSteps()), { inputSize: 1 });
 * model.predict([1, 2, 3]).shape;   // [3, 4]
 * @throws ArgumentError when an option is unknown
 */
export function reverseSteps(options: NameOptions = {}): Layer {
  return specifyNamed(reverseStepsDefinition, {}, options);
}

function planReverseSteps(_config: object, input: Rows, { region, training }: Planner): LayerRun {
  const { layout } = input;
  const output = newRows(region, layout, input.width, training);
  // The same permutation leads there and back.
  const index = region.words(layout.capacity.rows);
  let seen = -1;
  return {
    output,
    states: [],
    pack() {},
    begin() {
      if (layout.version === seen) return;
      seen = layout.version;
      for (let rank = 0; rank < layout.sequences; rank++) {
        const last = (layout.lengths[rank] as number) - 1;
        for (let step = 0; step <= last; step++)
          ints[(index >> 2) + layout.firstRow(step) + rank] = layout.firstRow(last - step) + rank;
      }
    },
    forward: () => gatherValues(output, input, index, layout.rows),
    backward() {
      if (input.gradient !== 0) gatherGradients(input, output, index, layout.rows);
    },
    gradients() {},
  };
}
