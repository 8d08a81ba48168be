/** One layer planned by itself: memory for one call, rows of input, given weights. */
import { writeGradientRows } from "../../src/data/batches.js";
import { definitionOf, type Layer, type LayerRun, type Planner } from "../../src/layers/layer.js";
import type { Layout } from "../../src/tensor/layout.js";
import { ParameterBlock } from "../../src/tensor/parameters.js";
import { padded, type Rows } from "../../src/tensor/rows.js";
import { Tensor } from "../../src/tensor/tensor.js";
import { Region } from "../../src/wasm/region.js";
import type { Named } from "./subjectContract.js";

type F32 = Float32Array;

/** Memory for one call, given back after it. */
export function within<T>(work: (region: Region) => T, region = new Region()): T {
  try {
    return work(region);
  } finally {
    region.dispose();
  }
}

/** Input rows with a gradient, filled from [B, T, width]. */
export function inputRows(region: Region, layout: Layout, values: F32, width: number): Rows {
  const stride = 4 * padded(width);
  const bytes = Math.max(1, layout.capacity.rows) * stride;
  const [address, gradient] = [region.bytes(bytes), region.bytes(bytes)];
  const rows: Rows = { address, gradient, width, stride, gradientStride: stride, layout };
  writeGradientRows({ ...rows, gradient: address }, values);
  return rows;
}

/** A planned layer that is ready to run, and its weight gradients afterwards. */
export interface PlannedLayer {
  readonly run: LayerRun;
  readonly gradients: () => Record<string, F32>;
}

/** A layer with given weights over given rows. */
export function planLayer(
  region: Region,
  layer: Layer,
  input: Rows,
  weights: Named<F32>,
  training = true,
): PlannedLayer {
  const definition = definitionOf(layer);
  const specs = definition.parameters(layer.config, { width: input.width, each: "step" });
  const parameters = new ParameterBlock(specs, region);
  for (const entry of parameters.entries)
    parameters.write(entry, new Tensor(weights[plain(entry.name)] as F32, entry.shape));
  const place = (name: string) => {
    const { offset } = parameters.find(name);
    return { value: parameters.values + 4 * offset, gradient: parameters.gradients + 4 * offset };
  };
  const draws = { seed: 0, count: 0 };
  const planner: Planner = { path: "", draws, training, region, parameter: place, child: () => planner };
  const run: LayerRun = definition.plan(layer.config, input, planner);
  run.pack();
  run.begin();
  const gradients = () =>
    Object.fromEntries(
      parameters.entries.map((entry) => [plain(entry.name), parameters.copy(entry, parameters.gradients).data]),
    );
  return { run, gradients };
}

/** `weight_ih_l0_reverse` is `weight_ih` here. */
function plain(name: string): string {
  return name.replace(/_l0(_reverse)?$/, "");
}
