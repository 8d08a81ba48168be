import { ShapeError } from "../errors.js";
import { padded, type Rows } from "../tensor/rows.js";
import { core } from "../wasm/core.js";
import { floats, ints } from "../wasm/memory.js";
import { type Flow, type Layer, type LayerDefinition, type LayerRun, type Planner, specify } from "./layer.js";

/** The row of each sequence's last step. */
export const lastStepDefinition: LayerDefinition = {
  type: "lastStep",
  output: (_config, input) => perSequence("lastStep", input),
  parameters: () => [],
  plan: planLastStep,
  make: () => lastStep(),
  describe: () => "lastStep",
};

/**
 * The output at each sequence's last valid step: [batch, time, width] gives [batch, width]. An empty sequence gives 0.
 * After a reverse layer that step has seen one input only: there `finalState` is what is usually meant.
 *
 * @example
 * sequential(lstm(16), lastStep(), dense(1));
 */
export function lastStep(): Layer {
  return specify(lastStepDefinition, {});
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
export function perSequenceRows(input: Rows, planner: Planner): Rows {
  const layout = input.layout.perSequence();
  const words = padded(input.width);
  const count = layout.capacity.rows * words;
  const address = planner.region.words(count);
  const gradient = planner.training ? planner.region.words(count) : 0;
  return { address, gradient, width: input.width, stride: 4 * words, gradientStride: 4 * words, layout };
}

function planLastStep(_config: object, input: Rows, planner: Planner): LayerRun {
  const output = perSequenceRows(input, planner);
  const index = planner.region.words(input.layout.capacity.sequences);
  const { gatherRows, scatterAddRows } = core();
  let seen = -1;
  return {
    output,
    states: [],
    pack() {},
    begin() {
      if (input.layout.version === seen) return;
      seen = input.layout.version;
      for (let rank = 0; rank < input.layout.sequences; rank++) ints[(index >> 2) + rank] = input.layout.lastRow(rank);
    },
    forward() {
      gatherRows(
        output.address,
        output.stride,
        input.address,
        input.stride,
        index,
        input.layout.sequences,
        output.stride,
      );
    },
    backward() {
      if (input.gradient === 0) return;
      clearGradientRows(input);
      scatterAddRows(
        input.gradient,
        input.gradientStride,
        output.gradient,
        output.stride,
        index,
        input.layout.sequences,
        output.stride,
      );
    },
    gradients() {},
  };
}

/** Sets the gradient of all present rows to 0. */
export function clearGradientRows({ gradient, gradientStride, layout }: Rows): void {
  floats.fill(0, gradient >> 2, (gradient + layout.rows * gradientStride) >> 2);
}
