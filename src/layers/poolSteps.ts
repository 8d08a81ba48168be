import type { Reading } from "../tensor/reading.js";
import type { Rows } from "../tensor/rows.js";
import { joined } from "../wasm/core.js";
import { ints } from "../wasm/memory.js";
import * as parts from "../wasm/parts.js";
import { perSequence, perSequenceRows } from "./lastStep.js";
import {
  type Layer,
  type LayerDefinition,
  type LayerRun,
  type NameOptions,
  type Planner,
  specifyNamed,
} from "./layer.js";
import { gatherGradients, gatherValues, newRows, sumGradients } from "./moveRows.js";

/** The mean of each feature over the steps of a sequence. */
export const meanDefinition: LayerDefinition = /* @__PURE__ */ pooling("mean", mean, (input, output) => ({
  forward() {
    const { address, stride, layout } = input;
    joined(parts.poolSteps).meanSteps(
      output.address,
      output.stride,
      address,
      stride,
      layout.first,
      layout.sequences,
      layout.steps,
      output.stride,
    );
  },
  backward() {
    const { gradient, gradientStride, layout } = input;
    const { steps, sequences } = layout;
    joined(parts.poolSteps).meanStepsBackward(
      gradient,
      gradientStride,
      output.gradient,
      output.stride,
      layout.first,
      sequences,
      steps,
      output.stride,
    );
  },
}));

/** The largest value of each feature over the steps of a sequence. */
export const maxDefinition: LayerDefinition = /* @__PURE__ */ pooling("max", max, (input, output, planner) => {
  const places = planner.region.bytes(output.layout.capacity.rows * output.stride);
  return {
    forward() {
      const { address, stride, layout } = input;
      joined(parts.poolSteps).maxSteps(
        output.address,
        output.stride,
        places,
        address,
        stride,
        layout.first,
        layout.sequences,
        layout.steps,
        input.width,
      );
    },
    backward() {
      const { gradient, gradientStride, layout } = input;
      const { sequences, rows } = layout;
      joined(parts.poolSteps).maxStepsBackward(
        gradient,
        gradientStride,
        output.gradient,
        output.stride,
        places,
        sequences,
        rows,
        input.width,
      );
    },
  };
});

/**
 * The mean over each sequence's steps: [batch, time, width] gives [batch, width]. An empty sequence gives 0.
 *
 * @example
 * sequential(bidirectional(gru(32)), mean(), dense(4));
 * @throws ArgumentError when an option is unknown; where a model is made, ShapeError when the steps are already gone
 */
export function mean(options: NameOptions = {}): Layer {
  return specifyNamed(meanDefinition, {}, options);
}

/**
 * The largest value of each feature over a sequence's steps: [batch, time, width] gives [batch, width]. An empty sequence
 * gives 0. The gradient goes to the first step that holds it.
 *
 * @example
 * sequential(bidirectional(gru(32)), max(), dense(4));
 * @throws ArgumentError when an option is unknown; where a model is made, ShapeError when the steps are already gone
 */
export function max(options: NameOptions = {}): Layer {
  return specifyNamed(maxDefinition, {}, options);
}

/** A way to make one row of a sequence's rows. */
type Pool = (input: Rows, output: Rows, planner: Planner) => { forward(): void; backward(): void };

function pooling(type: string, make: (options: NameOptions) => Layer, pool: Pool): LayerDefinition {
  return {
    type,
    output: (_config, input) => perSequence(type, input),
    parameters: () => [],
    make: (_config, name) => make({ name }),
    drawing: () => ({ kind: "gather", from: "all" }),
    describe: () => type,
    cannotStep: () => "its answer is made from all steps of a sequence together.",
    plan(_config, input, planner) {
      const reading = input.layout.reading(false);
      return reading === undefined
        ? planPool(pool, input, planner)
        : overCounted(reading, input, planner, (counted) => planPool(pool, counted, planner));
    },
  };
}

function planPool(pool: Pool, input: Rows, planner: Planner): LayerRun {
  const output = perSequenceRows(input, planner);
  const { forward, backward } = pool(input, output, planner);
  return {
    output,
    states: [],
    pack() {},
    begin() {},
    forward,
    backward: () => (input.gradient === 0 ? undefined : backward()),
    gradients() {},
  };
}

/** Pools the steps that count alone, whose sequences are sorted by their own numbers of steps. */
function overCounted(reading: Reading, input: Rows, planner: Planner, build: (counted: Rows) => LayerRun): LayerRun {
  const { region } = planner;
  const { layout } = input;
  const counted = newRows(region, reading.layout, input.width, input.gradient !== 0);
  const run = build(counted);
  const output = perSequenceRows(input, planner);
  const ranks = region.words(layout.capacity.sequences);
  return {
    ...run,
    output,
    begin() {
      reading.refresh();
      for (let rank = 0; rank < layout.sequences; rank++) ints[(ranks >> 2) + rank] = reading.rank(rank);
    },
    forward(from, to) {
      gatherValues(counted, input, reading.taken, reading.layout.rows);
      run.forward(from, to);
      gatherValues(output, run.output, ranks, layout.sequences);
    },
    backward(from, to) {
      sumGradients(run.output, output, ranks, layout.sequences);
      run.backward(from, to);
      if (input.gradient !== 0) gatherGradients(input, counted, reading.place, layout.rows);
    },
  };
}
